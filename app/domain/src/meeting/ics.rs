//! Meetings for a calendar program: iCalendar (RFC 5545).

use jiff::{Timestamp, ToSpan, civil::DateTime};

use super::{Arrangement, Manner};

/// One meeting as a calendar shows it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Stays the same whatever changes.
    pub uid: String,
    pub sequence: u32,
    /// When it was last changed.
    pub changed: Timestamp,
    pub arrangement: &'a Arrangement,
    pub called_off: bool,
    /// May be of several lines.
    pub description: String,
    pub url: String,
}

/// Japan has one zone and no summer time.
const ZONE: [&str; 9] = [
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Tokyo",
    "BEGIN:STANDARD",
    "DTSTART:19510909T000000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0900",
    "TZNAME:JST",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// A whole file. `name`: of the calendar.
pub fn calendar(name: &str, entries: &[Entry<'_>]) -> String {
    let head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rashin//Meetings//JA", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"];
    let mut lines: Vec<String> = head.map(str::to_owned).to_vec();
    lines.push(format!("X-WR-CALNAME:{}", escaped(name)));
    lines.extend(ZONE.map(str::to_owned));
    lines.extend(entries.iter().flat_map(event));
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn event(entry: &Entry<'_>) -> Vec<String> {
    let arrangement = entry.arrangement;
    let mut lines = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", entry.uid),
        format!("DTSTAMP:{}", entry.changed.strftime("%Y%m%dT%H%M%SZ")),
        format!("SEQUENCE:{}", entry.sequence),
        format!("STATUS:{}", if entry.called_off { "CANCELLED" } else { "CONFIRMED" }),
        format!("SUMMARY:{}", escaped(&arrangement.title)),
    ];
    lines.extend(time(arrangement));
    if !arrangement.place.is_empty() {
        lines.push(format!("LOCATION:{}", escaped(&arrangement.place)));
    }
    if !entry.description.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&entry.description)));
    }
    lines.push(format!("URL:{}", entry.url));
    lines.push("END:VEVENT".to_owned());
    lines
}

/// A whole day where no hour is known, and for the last day of answers.
fn time(arrangement: &Arrangement) -> Vec<String> {
    let moment = |at: DateTime| at.strftime("%Y%m%dT%H%M%S").to_string();
    match arrangement.from.filter(|_| arrangement.manner == Manner::InPerson) {
        Some(from) => {
            let begins = arrangement.on.to_datetime(from);
            let ends = arrangement.until.map(|until| arrangement.on.to_datetime(until)).or_else(|| begins.checked_add(1.hour()).ok());
            let ends = ends.map(|ends| format!("DTEND;TZID=Asia/Tokyo:{}", moment(ends)));
            std::iter::once(format!("DTSTART;TZID=Asia/Tokyo:{}", moment(begins))).chain(ends).collect()
        }
        None => {
            let ends = arrangement.on.tomorrow().ok().map(|day| format!("DTEND;VALUE=DATE:{}", day.strftime("%Y%m%d")));
            std::iter::once(format!("DTSTART;VALUE=DATE:{}", arrangement.on.strftime("%Y%m%d"))).chain(ends).collect()
        }
    }
}

/// TEXT (3.3.11): `\`, `;`, `,` and line ends.
fn escaped(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect::<String>().replace('\n', "\\n")
}

/// Longest line in octets, its end not counted (3.1).
const WIDTH: usize = 75;

/// Breaks a line before it gets too long, never within a character; each part ends with CRLF, each but the first begins with
/// a space.
fn folded(line: &str) -> String {
    let (mut out, mut used) = (String::with_capacity(line.len() + 8), 0);
    for c in line.chars() {
        if used + c.len_utf8() > WIDTH {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Time};
    use proptest::prelude::*;

    use super::*;

    fn arrangement() -> Arrangement {
        Arrangement {
            title: "第3回 部会".to_owned(),
            manner: Manner::InPerson,
            on: Date::constant(2026, 12, 10),
            from: Some(Time::constant(14, 0, 0, 0)),
            until: Some(Time::constant(15, 30, 0, 0)),
            place: "第1会議室, 2階; 東".to_owned(),
        }
    }

    fn entry(arrangement: &Arrangement) -> Entry<'_> {
        Entry {
            uid: "x@rashin".to_owned(),
            sequence: 2,
            changed: "2026-11-22T06:00:00Z".parse().unwrap(),
            arrangement,
            called_off: false,
            description: String::new(),
            url: "https://rashin.example/midorino/staff/meetings/1".to_owned(),
        }
    }

    /// Undoes the folding, as a calendar does.
    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn a_calendar_gets_time_zone_place_and_number_of_the_change() {
        let arrangement = arrangement();
        let text = unfolded(&calendar("部会", &[entry(&arrangement)]));
        for line in [
            "BEGIN:VCALENDAR",
            "TZID:Asia/Tokyo",
            "DTSTAMP:20261122T060000Z",
            "DTSTART;TZID=Asia/Tokyo:20261210T140000",
            "DTEND;TZID=Asia/Tokyo:20261210T153000",
            "LOCATION:第1会議室\\, 2階\\; 東",
            "SEQUENCE:2",
            "STATUS:CONFIRMED",
            "SUMMARY:第3回 部会",
            "END:VCALENDAR",
        ] {
            assert!(text.split("\r\n").any(|one| one == line), "{line}\n{text}");
        }
        let off = calendar("部会", &[Entry { called_off: true, ..entry(&arrangement) }]);
        assert!(off.contains("STATUS:CANCELLED\r\n"));
    }

    #[test]
    fn papers_that_go_round_take_the_whole_last_day() {
        let written = Arrangement { manner: Manner::Written, ..arrangement() };
        let text = calendar("部会", &[entry(&written)]);
        assert!(text.contains("DTSTART;VALUE=DATE:20261210\r\nDTEND;VALUE=DATE:20261211\r\n"), "{text}");
    }

    proptest! {
        #[test]
        fn every_line_is_short_and_whole(title in "\\PC{0,200}", place in "[ぁ-ん,;\\\\]{0,80}", description in "[ぁ-ん\\n,;\\\\ ]{0,300}") {
            let arrangement = Arrangement { title: title.clone(), place, ..arrangement() };
            let text = calendar("部会", &[Entry { description, ..entry(&arrangement) }]);
            prop_assert!(text.ends_with("END:VCALENDAR\r\n"));
            prop_assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            for line in text.split_terminator("\r\n") {
                prop_assert!(line.len() <= WIDTH, "{} octets", line.len());
            }
            // What was written comes out again.
            let whole = unfolded(&text);
            let summary = whole.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
            let mut read = String::new();
            let mut chars = summary.chars();
            while let Some(c) = chars.next() {
                read.push(if c == '\\' { chars.next().unwrap() } else { c });
            }
            prop_assert_eq!(read, title);
        }
    }
}
