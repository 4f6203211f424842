//! Text in pictures: SVG breaks no lines.

/// About how wide a text is at a size, in the units of the picture: what is not ASCII is square.
pub fn width(text: &str, size: i32) -> i32 {
    text.chars().map(|c| if c.is_ascii() { size * 3 / 5 } else { size }).sum()
}

/// Lines no wider than `room`. A break comes after a space or a comma where there is one in the second half of the line.
pub fn lines(text: &str, room: i32, size: i32) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for c in text.trim().chars() {
        line.push(c);
        if width(&line, size) <= room {
            continue;
        }
        let late = |(at, _): &(usize, char)| *at >= line.len() / 2 && *at + c.len_utf8() < line.len();
        let good = line.char_indices().filter(late).rfind(|(_, c)| matches!(c, ' ' | '　' | '、' | '・'));
        let end = good.map_or(line.len() - c.len_utf8(), |(at, c)| at + c.len_utf8());
        let rest = line.split_off(end);
        lines.push(line.trim_end().to_owned());
        line = rest;
    }
    lines.extend(Some(line).filter(|line| !line.is_empty()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let name = "情報政策課DX推進係による事前の受付・確認 および審査";
        for room in [64, 100, 160, 400] {
            let lines = lines(name, room, 16);
            assert!(lines.iter().all(|line| width(line, 16) <= room), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), name.replace(' ', ""));
        }
        assert_eq!(lines("継続審議で留まる、見送りで終わる", 196, 14), ["継続審議で留まる、", "見送りで終わる"]);
        assert_eq!(lines("", 100, 16), Vec::<String>::new());
    }
}
