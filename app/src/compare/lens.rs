//! What a comparison shows, as the query of its address: `level`, `area`, `kind`, `set`, `year`, `sort`, `page`, and single
//! indicators and bodies as `indicator.DA-01=on`, `body.192104=on`. What it does not know it passes over.

use std::collections::BTreeMap;

use rashin_domain::{
    figure::{Body, Level},
    form::Form,
};

/// Chosen in a list, one by one.
const PICKS: [&str; 2] = ["indicator.", "body."];
const FIELDS: [&str; 6] = ["level", "area", "kind", "set", "year", "sort"];

/// The value of `area` that stands for all prefectures.
pub const NATION: &str = "all";

/// Municipalities by what they are called.
pub const KINDS: [(&str, &str); 2] = [("cities", "市・区"), ("towns", "町・村")];

#[derive(Clone, Debug, Default)]
pub struct Lens {
    pub form: Form,
}

impl Lens {
    pub fn new(query: BTreeMap<String, String>) -> Self {
        Self { form: Form::from_pairs(query) }
    }

    pub fn get(&self, field: &str) -> &str {
        self.form.get(field)
    }

    pub fn level(&self) -> Level {
        Level::from_code(self.get("level")).unwrap_or(Level::Municipality)
    }

    pub fn page(&self) -> usize {
        self.get("page").parse().unwrap_or(1)
    }

    fn picked(&self, prefix: &str) -> Vec<&str> {
        self.form.iter().filter(|(_, value)| *value == "on").filter_map(|(name, _)| name.strip_prefix(prefix)).collect()
    }

    /// Codes of single indicators that were chosen; none: by `set`.
    pub fn indicators(&self) -> Vec<&str> {
        self.picked(PICKS[0])
    }

    /// The same bodies and year with one indicator only.
    pub fn of_one(&self, indicator: &str) -> Self {
        let others = self.form.iter().filter(|(name, _)| !name.starts_with(PICKS[0]));
        let mut form = Form::from_pairs(others.map(|(name, value)| (name.to_owned(), value.to_owned())));
        form.set(&format!("{}{indicator}", PICKS[0]), "on");
        Self { form }
    }

    /// Whether a body is wanted: one that was picked, or where none was, one of the kind.
    pub fn holds(&self, body: &Body, picked: &[&str]) -> bool {
        let is_town = body.name.ends_with(['町', '村']);
        match self.get("kind") {
            _ if !picked.is_empty() => picked.contains(&body.code.as_str()),
            "cities" => !is_town,
            "towns" => is_town,
            _ => true,
        }
    }

    /// Codes of single bodies that were chosen.
    pub fn bodies(&self) -> Vec<&str> {
        self.picked(PICKS[1])
    }

    /// Whether single indicators or bodies were chosen.
    pub fn has_picks(&self) -> bool {
        PICKS.iter().any(|prefix| !self.picked(prefix).is_empty())
    }

    /// Whether nothing was asked for.
    pub fn is_plain(&self) -> bool {
        !self.has_picks() && FIELDS.iter().all(|field| self.get(field).is_empty())
    }

    /// The address of the same view elsewhere, or on another page of it.
    pub fn address(&self, path: &str, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(FIELDS.into_iter().map(|field| (field, self.get(field))).filter(|(_, value)| !value.is_empty()));
        for prefix in PICKS {
            query.extend_pairs(self.picked(prefix).into_iter().map(|code| (format!("{prefix}{code}"), "on")));
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lens(query: &[(&str, &str)]) -> Lens {
        Lens::new(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn an_address_says_what_is_shown_and_nothing_else() {
        let lens = lens(&[
            ("area", "19"),
            ("kind", ""),
            ("page", "3"),
            ("x", "y"),
            ("body.192104", "on"),
            ("body.192015", ""),
            ("indicator.DA-01", "on"),
        ]);
        assert_eq!(lens.address("/m", 1), "/m?area=19&indicator.DA-01=on&body.192104=on");
        assert_eq!(lens.address("/m", 2), "/m?area=19&indicator.DA-01=on&body.192104=on&page=2");
        assert_eq!(super::Lens::default().address("/m", 1), "/m");
    }

    #[test]
    fn bodies_are_chosen_one_by_one_or_by_their_kind() {
        let body = |code: &str, name: &str| Body { code: code.into(), name: name.into() };
        let all = [body("131016", "千代田区"), body("192104", "甲斐市"), body("193640", "早川町"), body("194221", "道志村")];
        let held = |query: &[(&str, &str)]| {
            let lens = lens(query);
            all.iter().filter(|body| lens.holds(body, &lens.bodies())).map(|body| body.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(held(&[("kind", "cities")]), ["千代田区", "甲斐市"]);
        assert_eq!(held(&[("kind", "towns")]), ["早川町", "道志村"]);
        assert_eq!(held(&[("kind", "towns"), ("body.192104", "on")]), ["甲斐市"]);
        assert_eq!(held(&[]).len(), 4);
    }
}
