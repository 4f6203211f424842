//! People and sign-in: what an address, a password and a lock are. Sources: OWASP ASVS 5.0, chapter 6.

use jiff::{SignedDuration, Timestamp};

use crate::{coded::coded, text::half_width};

coded! {
    /// What a single-use link is for.
    LinkPurpose {
        Invitation = "invitation", "招待";
        Reset = "reset", "パスワードの再設定";
    }
}

/// ASVS 6.2.1: at least 8; we ask for 12 since no second factor is asked for yet.
pub const PASSWORD_MIN: usize = 12;
/// ASVS 6.2.9: at least 64 must be possible. The bound keeps hashing cheap to refuse.
pub const PASSWORD_MAX: usize = 256;

/// Refuses short passwords and those that are quickly guessed: the 30,000 most common ones, rows of keys, repeated
/// signs, the person's own words (ASVS 6.2.4, 6.2.11). Asks for no kinds of characters (6.2.5).
/// `about` are the person's own words: address, name.
#[cfg(feature = "server")]
pub fn check_password(password: &str, about: &[&str]) -> Result<(), String> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(format!("パスワードは{PASSWORD_MIN}文字以上にしてください（文字の種類は問いません）。"));
    }
    if length > PASSWORD_MAX {
        return Err(format!("パスワードは{PASSWORD_MAX}文字以内にしてください。"));
    }
    let own: Vec<&str> = about.iter().copied().chain(["rashin", "羅針"]).filter(|word| !word.is_empty()).collect();
    // Score 3 of 4: safely unguessable for who has stolen a slow hash.
    if zxcvbn::zxcvbn(password, &own).score() < zxcvbn::Score::Three {
        return Err("このパスワードは推測されやすいため使えません。ほかのパスワードにしてください。".to_owned());
    }
    Ok(())
}

/// Lower-cased, trimmed, with full-width ASCII made half-width. `None` when it is no address.
pub fn normal_email(text: &str) -> Option<String> {
    let email = half_width(text).to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '<' | '>' | '"' | ','));
    (plain(local) && plain(domain) && domain.contains('.') && email.len() <= 254).then_some(email)
}

/// How long an account waits after so many wrong passwords in a row. Per account, not per address:
/// a whole city hall stands behind one address. Grows, never becomes final, so nobody can lock others out for long.
pub fn lock_after(failures: i32) -> SignedDuration {
    match failures {
        ..5 => SignedDuration::ZERO,
        5 => SignedDuration::from_secs(30),
        6 => SignedDuration::from_mins(1),
        7 => SignedDuration::from_mins(2),
        8 => SignedDuration::from_mins(5),
        _ => SignedDuration::from_mins(15),
    }
}

/// A day at the town hall without activity ends a session; two weeks end it in any case.
pub const IDLE_LIMIT: SignedDuration = SignedDuration::from_hours(8);
pub const ABSOLUTE_LIMIT: SignedDuration = SignedDuration::from_hours(14 * 24);
pub const INVITATION_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long until an invitation can be mailed again.
pub const INVITATION_PAUSE: SignedDuration = SignedDuration::from_mins(10);
pub const RESET_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Whether a session that began and was last used then is still good.
pub fn session_is_alive(began: Timestamp, last_seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(last_seen) < IDLE_LIMIT && now.duration_since(began) < ABSOLUTE_LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "server")]
    #[test]
    fn long_passwords_of_any_kind_pass_and_common_ones_do_not() {
        assert!(check_password("ながいあいことばはよいです", &[]).is_ok());
        assert!(check_password("correct horse battery", &[]).is_ok());
        for bad in ["short", "aaaaaaaaaaaaa", "Password1234", "123456789012", "qwertyuiop12", "administrator", "Hanako@kai.example"] {
            assert!(check_password(bad, &["hanako@kai.example"]).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_normalised() {
        assert_eq!(normal_email(" Ｈanako@KAI.example ").as_deref(), Some("hanako@kai.example"));
        for bad in ["hanako", "a@b", "a@@b.c", "a b@c.d", "a@b.c>"] {
            assert_eq!(normal_email(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_lock_grows_and_stays_soft() {
        assert_eq!(lock_after(4), SignedDuration::ZERO);
        assert!((5..20).all(|n| lock_after(n) <= lock_after(n + 1)));
        assert_eq!(lock_after(1_000), SignedDuration::from_mins(15));
    }

    #[test]
    fn sessions_end_when_idle_and_in_any_case() {
        let began: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let after = |hours| began + SignedDuration::from_hours(hours);
        assert!(session_is_alive(began, after(1), after(8)));
        assert!(!session_is_alive(began, after(1), after(9)));
        assert!(!session_is_alive(began, after(14 * 24 - 1), after(14 * 24)));
    }
}
