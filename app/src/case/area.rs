//! The pages of CoE beside each other: one navigation at the head of each.

use leptos::prelude::*;
use rashin_domain::access::{Action, decide};
use rashin_store::TenantTx;

use super::{cases_url, register::register_url};
use crate::{
    card::cards_url,
    council::{bodies_url, routes_url},
    idea::ideas_url,
    meeting::meetings_url,
    record::periods::records_url,
    training::trainings_url,
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Area {
    Cases,
    Meetings,
    Decisions,
    Ideas,
    Cards,
    Trainings,
    Bodies,
    Routes,
    Records,
}

impl Area {
    const ALL: [Self; 9] = [
        Area::Cases,
        Area::Meetings,
        Area::Decisions,
        Area::Ideas,
        Area::Cards,
        Area::Trainings,
        Area::Bodies,
        Area::Routes,
        Area::Records,
    ];

    fn label(self) -> &'static str {
        match self {
            Area::Cases => "案件",
            Area::Meetings => "会議",
            Area::Decisions => "決定の記録",
            Area::Ideas => "アイデア",
            Area::Cards => "OODAカード",
            Area::Trainings => "研修会・情報発信",
            Area::Bodies => "会議体と委員",
            Area::Routes => "経路",
            Area::Records => "保存年限",
        }
    }

    fn url(self, city: &str) -> String {
        match self {
            Area::Cases => cases_url(city),
            Area::Meetings => meetings_url(city),
            Area::Decisions => register_url(city),
            Area::Ideas => ideas_url(city),
            Area::Cards => cards_url(city),
            Area::Trainings => trainings_url(city),
            Area::Bodies => bodies_url(city),
            Area::Routes => routes_url(city),
            Area::Records => records_url(city),
        }
    }

    /// Whether a page is for whoever looks: 保存年限 for those who set them.
    fn is_for(self, tx: &TenantTx) -> bool {
        self != Area::Records || decide(tx.actor(), &Action::Constitute).is_ok()
    }
}

/// The navigation of a page of its own; below it comes the page's head.
pub fn areas(tx: &TenantTx, here: Area) -> AnyView {
    let link = |area: &Area| {
        let href = area.url(&tx.city().slug);
        view! { <li><a href=href aria-current=(*area == here).then_some("page")>{area.label()}</a></li> }
    };
    let links = Area::ALL.iter().filter(|area| area.is_for(tx)).map(link).collect_view();
    view! { <nav class="rashin-areas" aria-label="CoEの画面"><ul>{links}</ul></nav> }.into_any()
}
