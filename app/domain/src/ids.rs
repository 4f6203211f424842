//! Identifiers. UUIDv7 made by the application, newtyped so that two can never be swapped.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { Uuid::parse_str(s).map(Self) }
        }
    )+};
}

ids! {
    TenantId;
    PersonId;
    /// A person's membership of one tenant.
    MemberId;
    SectionId;
    /// A post that a member holds for a time.
    AssignmentId;
    PlanId;
    KpiId;
    /// One report of a KPI for one period: all its parts together.
    ReportId;
    EditionId;
    ShareId;
    AttachmentId;
    NotificationId;
    /// A change of the organisation, prepared or done.
    ReorganisationId;
    /// One round of asking sections for comment.
    InquiryId;
    /// What a section said in an inquiry.
    CommentId;
    /// A workbook of reports that was sent to be imported.
    WorkbookId;
    /// A body of the tenant.
    RosterId;
    SeatId;
    /// One version of a route.
    RouteId;
    /// 案件
    CaseId;
    MeetingId;
    /// One point of a meeting's agenda.
    AgendaId;
    /// 対応事項
    ErrandId;
    IdeaId;
    /// OODAカード
    CardId;
    /// 研修会・情報発信
    TrainingId;
}

/// Fills a buffer with random bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Makes UUIDv7 from a time and random bytes that are both passed in.
#[derive(Clone)]
pub struct Ids {
    random: Arc<Fill>,
}

impl Ids {
    pub fn new(random: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self { random: Arc::new(random) }
    }

    /// A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then randomness.
    pub fn uuid(&self, at: Timestamp) -> Uuid {
        let mut random = [0; 10];
        (self.random)(&mut random);
        uuid::Builder::from_unix_timestamp_millis(at.as_millisecond().max(0) as u64, &random).into_uuid()
    }

    /// `N` random bytes, for tokens and salts.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
