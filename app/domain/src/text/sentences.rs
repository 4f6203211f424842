//! Sentences of forms, in the wording of the design system: name the label, give the cure.

use crate::{text::number::NumberError, value::ValueError};

pub fn enter(label: &str) -> String {
    format!("{label}を入力してください。")
}

pub fn choose(label: &str) -> String {
    format!("{label}を選択してください。")
}

pub fn too_long(label: &str, limit: usize) -> String {
    format!("{label}は{limit}文字以内で入力してください。")
}

/// What is wrong with a typed value. Quotes the first 20 characters of what was typed.
pub fn value_error(label: &str, typed: &str, error: ValueError) -> String {
    let quoted: String = typed.trim().chars().take(20).collect();
    match error {
        ValueError::Empty | ValueError::Number(NumberError::Empty) => enter(label),
        ValueError::Number(NumberError::NotANumber) => {
            format!("{label}は、数字だけで入力してください（入力：{quoted}）。")
        }
        ValueError::Number(NumberError::TooLong) => format!("{label}は18桁以内の数字で入力してください。"),
        ValueError::NotARatio => format!("{label}は「5/64」のように、数と全体の数を斜線で区切って入力してください（入力：{quoted}）。"),
        ValueError::RatioOutOfRange => format!("{label}は、全体の数を1以上、数を全体以下にしてください（入力：{quoted}）。"),
        ValueError::NotYesNo => choose(label),
        ValueError::NotAMilestone => format!("{label}は「2：設計」のように、段階の番号と名前を入力してください（入力：{quoted}）。"),
        ValueError::NotASample => {
            format!("{label}は「3.8（N=120）」のように、点数のあとに回答数を1以上で入力してください（入力：{quoted}）。")
        }
    }
}
