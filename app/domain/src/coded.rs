//! Enums that have a stable ASCII code (database, URL, JSON) and a Japanese word (pages, files).

/// Declares an enum with `code()`, `label()`, `from_code()`, `from_label()`, `ALL`, and serde by code.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The stable ASCII code used in the database, in addresses and in JSON.
            pub fn code(self) -> &'static str { match self { $($name::$variant => $code,)+ } }
            /// The Japanese word shown to people and written in plan folders.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label,)+ } }
            pub fn from_code(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.code() == code) }
            pub fn from_label(label: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.label() == label) }
        }
    };
}
pub(crate) use coded;
