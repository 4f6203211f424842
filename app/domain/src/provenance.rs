//! Where a value came from: every imported value carries it, no value is invented.

use serde::{Deserialize, Serialize};

use crate::coded::coded;

coded! {
    /// How sure the reading of the source is.
    #[derive(Default)]
    Reading {
        /// As printed.
        #[default]
        Original = "original", "原文";
        /// An obvious misreading or misprint was corrected.
        Corrected = "corrected", "補正";
        /// Inferred from other places of the document.
        Inferred = "inferred", "推定";
        /// Doubtful: the tenant should look at it.
        Doubtful = "doubtful", "要確認";
    }
}

/// The source of one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Provenance {
    pub reading: Reading,
    /// The source's text, verbatim; empty when it is exactly the value shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_text: String,
    /// Section or page of the source document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_place: String,
}
