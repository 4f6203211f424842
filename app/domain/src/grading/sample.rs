//! Figures from few cases.

use rust_decimal::Decimal;

use crate::text::number;

/// A ratio or a survey of fewer cases jumps with each single one.
pub const FEW: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

/// A warning for a ratio's denominator or a survey's number of answers; `None` from 30 on.
pub fn small_sample(n: Decimal) -> Option<String> {
    (n < FEW)
        .then(|| format!("母数が{}と小さく（{FEW}未満）、1件の増減で値が大きく動きます。増減は参考として見てください。", number::format(n)))
}
