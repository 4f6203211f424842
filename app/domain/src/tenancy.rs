//! Tenants: codes of local governments and addresses.

use std::fmt;

use crate::coded::coded;

coded! {
    TenantKind {
        Municipality = "municipality", "市区町村";
        Prefecture = "prefecture", "都道府県";
        Union = "union", "一部事務組合・広域連合";
        Consultancy = "consultancy", "支援事業者";
    }
}

/// A six-digit code of a local government (全国地方公共団体コード), check digit verified.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocalCode(String);

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    NotSixDigits,
    /// The last digit should be this one.
    WrongCheckDigit(u8),
}

impl LocalCode {
    /// Weights 6 5 4 3 2 on the first five digits; the check digit is (11 − sum mod 11) mod 10
    /// (総務省「全国地方公共団体コード仕様」).
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
        if text.len() != 6 || digits.len() != 6 {
            return Err(CodeError::NotSixDigits);
        }
        let sum: u32 = digits.iter().zip([6, 5, 4, 3, 2]).map(|(d, w)| u32::from(*d) * w).sum();
        let check = ((11 - sum % 11) % 10) as u8;
        if digits.last() == Some(&check) { Ok(Self(text.to_owned())) } else { Err(CodeError::WrongCheckDigit(check)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodeError::NotSixDigits => write!(f, "団体コードは6桁の数字（検査数字を含む）で書いてください。"),
            CodeError::WrongCheckDigit(digit) => {
                write!(f, "団体コードの検査数字（末尾の1桁）が違います。この番号なら{digit}です。")
            }
        }
    }
}

/// A tenant's name in addresses: lower-case letters, digits and hyphens, 2–40 long, not reserved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// First segments of addresses that belong to the product.
pub const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "api",
    "assets",
    "boot",
    "compare",
    "contact",
    "do",
    "favicon",
    "health",
    "help",
    "invitations",
    "login",
    "logout",
    "ops",
    "pkg",
    "reset",
    "robots",
    "rashin",
    "search",
    "sign-in",
    "sign-out",
    "static",
    "status",
    "www",
];

impl Slug {
    pub fn parse(text: &str) -> Option<Self> {
        let shape = (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        (shape && !RESERVED.contains(&text)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_digit_is_refused_with_the_right_one() {
        assert!(LocalCode::parse("192104").is_ok());
        assert_eq!(LocalCode::parse("192105"), Err(CodeError::WrongCheckDigit(4)));
        assert!(LocalCode::parse("192105").unwrap_err().to_string().contains("4です"));
        for text in ["19210", "1921044", "19210a", "１９２１０４", ""] {
            assert_eq!(LocalCode::parse(text), Err(CodeError::NotSixDigits), "{text}");
        }
        // 札幌市 and 京都府: sums whose remainder is 0 and 1.
        assert!(LocalCode::parse("011002").is_ok());
        assert!(LocalCode::parse("260002").is_ok());
    }

    #[test]
    fn the_products_own_words_are_no_slugs() {
        assert!(Slug::parse("kai").is_some());
        for text in ["api", "sign-in", "-kai", "Kai", "k", "甲斐", "a/b"] {
            assert!(Slug::parse(text).is_none(), "{text}");
        }
    }
}
