//! Files attached to nodes, KPIs and editions: what is taken, and what is taken out of them before they are stored.

#[cfg(feature = "server")]
mod clean;
#[cfg(feature = "server")]
mod image;
#[cfg(feature = "server")]
mod office;
#[cfg(all(test, feature = "server"))]
mod tests;

#[cfg(feature = "server")]
pub use clean::{Cleaned, clean};

use serde::{Deserialize, Serialize};

use crate::{coded::coded, ids::AttachmentId};

/// How many bytes of files a tenant may keep.
pub const TENANT_LIMIT: i64 = 200 * 1024 * 1024;

/// What is taken, for people.
pub const ACCEPTED: &str = "PDF、Word（.docx）、Excel（.xlsx）、PowerPoint（.pptx）、画像（JPEG・PNG・WebP）、CSV、テキスト";

coded! {
    /// What a file is attached to.
    SubjectKind {
        Node = "nodes", "戦略・取組";
        Kpi = "kpis", "指標";
        /// 伺い and the like; never public.
        Edition = "editions", "版";
        /// Records of deliberation; never public.
        Case = "cases", "案件";
        /// Materials; never public.
        Training = "trainings", "研修会・情報発信";
    }
}

coded! {
    /// What a file is, by its content. The code is the media type.
    MediaKind {
        Pdf = "application/pdf", "PDF";
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word";
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel";
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint";
        Jpeg = "image/jpeg", "JPEG画像";
        Png = "image/png", "PNG画像";
        Webp = "image/webp", "WebP画像";
        Csv = "text/csv", "CSV";
        Text = "text/plain", "テキスト";
    }
}

impl SubjectKind {
    /// Whether an edition can make its files public.
    pub fn can_be_published(self) -> bool {
        matches!(self, SubjectKind::Node | SubjectKind::Kpi)
    }
}

impl MediaKind {
    /// How names of such files end, in lower case; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Csv => &["csv"],
            Self::Text => &["txt"],
        }
    }
}

/// A file that an edition makes public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Listed {
    /// The file is at `/{city}/attachments/{id}`.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub id: AttachmentId,
    pub subject: SubjectKind,
    /// Key of the node or code of the KPI.
    pub key: String,
    pub title: String,
    pub file_name: String,
    pub media_type: MediaKind,
    /// In bytes.
    pub size: i64,
}

/// 「240KB」, 「1.5MB」; never 「0KB」.
pub fn size_label(bytes: i64) -> String {
    let kilobytes = (bytes + 1023) / 1024;
    if kilobytes < 1024 {
        return format!("{kilobytes}KB");
    }
    let tenths = (bytes * 10 + 512 * 1024) / (1024 * 1024);
    format!("{}.{}MB", tenths / 10, tenths % 10)
}
