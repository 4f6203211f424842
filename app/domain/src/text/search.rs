//! Words found again however they were typed: NFKC, then hiragana for katakana, lower case, one stroke for every dash.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// A text as it is searched: width, kana, case and the long stroke make no difference.
pub fn search_form(text: &str) -> String {
    folded(text).into_iter().map(|folded| folded.char).collect()
}

/// One character of the searched form and the bytes of the text it was made from.
struct Folded {
    char: char,
    from: usize,
    until: usize,
}

fn folded(text: &str) -> Vec<Folded> {
    let mut chars: Vec<Folded> = Vec::with_capacity(text.len() / 2);
    for (from, cluster) in clusters(text) {
        let until = from + cluster.len();
        let plain = cluster.nfkc().flat_map(char::to_lowercase).map(fold);
        chars.extend(plain.map(|char| Folded { char, from, until }));
    }
    without_last_strokes(chars)
}

/// A character with the marks that are written onto it: 「ｶ」 and 「ﾞ」 make one.
fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut starts: Vec<usize> = text.char_indices().filter(|(_, c)| !is_mark(*c)).map(|(at, _)| at).collect();
    if !text.is_empty() && starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends: Vec<usize> = starts.iter().copied().skip(1).chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(from, until)| (from, &text[from..until]))
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}') || canonical_combining_class(c) != 0
}

const STROKE: char = 'ー';

fn fold(c: char) -> char {
    match c {
        // 霞ヶ関, 霞ケ関; 一ヵ月, 一カ月.
        'ヶ' => 'け',
        'ヵ' => 'か',
        // Katakana lies 0x60 above hiragana.
        'ァ'..='ヴ' | 'ヽ' | 'ヾ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => STROKE,
        other if other.is_whitespace() => ' ',
        other => other,
    }
}

/// サーバー and サーバ are one word: a stroke that ends a word in kana is left out.
fn without_last_strokes(chars: Vec<Folded>) -> Vec<Folded> {
    let is_kana = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ');
    let mut kept: Vec<Folded> = Vec::with_capacity(chars.len());
    let mut rest = chars.into_iter().peekable();
    while let Some(folded) = rest.next() {
        let goes_on = rest.peek().is_some_and(|next| is_kana(next.char) || is_mark(next.char));
        let ends_word = folded.char == STROKE && !goes_on && kept.last().is_some_and(|last| is_kana(last.char));
        if !ends_word {
            kept.push(folded);
        }
    }
    kept
}

/// The words of a query, as they are searched. Every one of them has to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<Vec<char>>);

/// The most words that are looked for; nobody types more.
const MOST_WORDS: usize = 10;

impl Words {
    pub fn new(query: &str) -> Self {
        let form = search_form(query);
        let mut words: Vec<Vec<char>> = form.split(' ').filter(|word| !word.is_empty()).map(|word| word.chars().collect()).collect();
        words.truncate(MOST_WORDS);
        Self(words)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each word stands in one of the texts.
    pub fn are_in(&self, texts: &[&str]) -> bool {
        let texts: Vec<Vec<char>> = texts.iter().map(|text| search_form(text).chars().collect()).collect();
        self.0.iter().all(|word| texts.iter().any(|text| text.windows(word.len()).any(|at| at == word)))
    }

    /// Where the words stand in a text: byte ranges in order, none touching another.
    pub fn places(&self, text: &str) -> Vec<(usize, usize)> {
        let chars = folded(text);
        let mut places = Vec::new();
        // No word is empty (`new`): neither is what was found.
        for word in &self.0 {
            let found = chars.windows(word.len()).filter(|at| at.iter().map(|folded| folded.char).eq(word.iter().copied()));
            places.extend(found.map(|at| (at[0].from, at[at.len() - 1].until)));
        }
        places.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(places.len());
        for (from, until) in places {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => merged.push((from, until)),
            }
        }
        merged
    }

    /// The text in pieces, each with whether it was looked for. Joined they are the text.
    pub fn marked(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut push = |text: &str, is_hit| {
            if !text.is_empty() {
                pieces.push(Piece { text: text.to_owned(), is_hit });
            }
        };
        let mut at = 0;
        for (from, until) in self.places(text) {
            push(&text[at..from], false);
            push(&text[from..until], true);
            at = until;
        }
        push(&text[at..], false);
        pieces
    }

    /// What stands around the first hit, at most `around` characters on either side, in one line; `None` without a hit.
    pub fn excerpt(&self, text: &str, around: usize) -> Option<Vec<Piece>> {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (from, until) = *self.places(&line).first()?;
        let start = line[..from].char_indices().rev().nth(around.saturating_sub(1)).map_or(0, |(at, _)| at);
        let end = line[until..].char_indices().nth(around).map_or(line.len(), |(at, _)| until + at);
        let dots = |missing: bool| missing.then(|| Piece { text: "…".to_owned(), is_hit: false });
        let pieces = dots(start > 0).into_iter().chain(self.marked(&line[start..end])).chain(dots(end < line.len()));
        Some(pieces.collect())
    }
}

/// A part of a found text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// It was looked for.
    pub is_hit: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.is_hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn kana_width_and_case_make_no_difference() {
        assert_eq!(search_form("カイシ　ＡＢ１"), "かいし ab1");
        assert_eq!(search_form("甲斐市"), "甲斐市");
        assert_eq!(search_form("ｶﾞｲﾄﾞﾌﾞｯｸ"), "がいどぶっく");
        assert_eq!(search_form("ガイドブック"), "がいどぶっく");
        assert_eq!(search_form("㈱①㎡"), "(株)1m2");
        assert_eq!(search_form("霞ヶ関"), search_form("霞ケ関"));
    }

    #[test]
    fn every_dash_is_one_stroke_and_the_last_one_of_a_word_is_free() {
        for typed in ["サーバー", "サ－バ－", "ｻｰﾊﾞｰ", "サーバ", "さーば", "サ—バ"] {
            assert_eq!(search_form(typed), "さーば", "{typed}");
        }
        assert_eq!(search_form("1-1"), search_form("１－１"));
        assert_ne!(search_form("1-1"), search_form("11"));
        assert_ne!(search_form("ビール"), search_form("ビル"));
    }

    #[test]
    fn hits_are_marked_in_the_text_as_it_was_written() {
        let words = Words::new("ガイド ｄｘ");
        assert_eq!(shown(&words.marked("市のＤＸｶﾞｲﾄﾞ（ガイド）")), "市の[ＤＸｶﾞｲﾄﾞ]（[ガイド]）");
        assert!(words.are_in(&["ｶﾞｲﾄﾞ", "DX"]) && !words.are_in(&["ガイド"]));
        assert_eq!(shown(&Words::new("<script>").marked("a<SCRIPT>b")), "a[<SCRIPT>]b");
    }

    #[test]
    fn an_excerpt_is_what_stands_around_the_first_hit() {
        let text = format!("{}\n\n行かない 窓口、{}", "前".repeat(30), "後".repeat(30));
        assert_eq!(shown(&Words::new("窓口").excerpt(&text, 6).unwrap()), "… 行かない [窓口]、後後後後後…");
        assert_eq!(shown(&Words::new("窓口").excerpt("窓口", 6).unwrap()), "[窓口]");
        assert_eq!(Words::new("窓口").excerpt("受付", 6), None);
        assert_eq!(Words::new("　").excerpt("受付", 6), None);
    }

    proptest! {
        #[test]
        fn the_searched_form_is_its_own_searched_form(text in "\\PC{0,20}") {
            let once = search_form(&text);
            prop_assert_eq!(search_form(&once), once);
        }

        #[test]
        fn half_width_katakana_is_katakana(text in "[ァ-ヴー]{0,20}") {
            let halved = |c: char| HALF.iter().find(|(full, _)| *full == c).map_or(c.to_string(), |(_, half)| (*half).to_owned());
            let half: String = text.chars().map(halved).collect();
            prop_assert_eq!(search_form(&half), search_form(&text));
        }

        #[test]
        fn what_was_typed_is_found_in_what_holds_it(before in "[あ-んa-z窓口]{0,6}", word in "[ァ-ヴa-zA-Z0-9市民課]{1,8}", after in "[あ-ん、。 窓口]{0,6}") {
            let text = format!("{before}{word}{after}");
            let wide: String = word.chars().map(|c| if c.is_ascii() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }).collect();
            prop_assert!(Words::new(&wide).are_in(&[&text]));
            let pieces = Words::new(&wide).marked(&text);
            prop_assert!(pieces.iter().any(|piece| piece.is_hit));
        }

        #[test]
        fn pieces_join_to_the_text(query in "\\PC{0,6}", text in "\\PC{0,30}") {
            let pieces = Words::new(&query).marked(&text);
            prop_assert_eq!(pieces.into_iter().map(|piece| piece.text).collect::<String>(), text);
        }

        #[test]
        fn an_excerpt_holds_a_hit_and_is_short(query in "[ぁ-ん]{1,2}", text in "[ぁ-ん \n]{0,80}") {
            let words = Words::new(&query);
            if let Some(pieces) = words.excerpt(&text, 10) {
                prop_assert!(pieces.iter().any(|piece| piece.is_hit));
            } else {
                prop_assert!(words.places(&text.split_whitespace().collect::<Vec<_>>().join(" ")).is_empty());
            }
        }
    }

    const HALF: &[(char, &str)] = &[('ガ', "ｶﾞ"), ('ギ', "ｷﾞ"), ('ヴ', "ｳﾞ"), ('パ', "ﾊﾟ"), ('ア', "ｱ"), ('ッ', "ｯ"), ('ン', "ﾝ"), ('ー', "ｰ")];
}
