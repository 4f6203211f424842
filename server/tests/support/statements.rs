//! The statements that a page sends.

use std::sync::{Arc, Mutex};

use tracing::{Event, Metadata, Subscriber, field::Visit, span};

/// Notes the statements that sqlx sends.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

impl Visit for Statements {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "summary" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

impl Statements {
    /// Those since the last time, from the entry of the tenant on: what comes before is who is there.
    pub fn of_page(&self) -> Vec<String> {
        let sent = std::mem::take(&mut *self.0.lock().unwrap());
        sent.into_iter().skip_while(|summary| !summary.contains("tenant_id as")).collect()
    }
}
