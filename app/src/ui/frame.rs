//! Header, navigation, breadcrumb, banner and footer around every page.

use std::borrow::Cow;

use leptos::prelude::*;
use rashin_domain::{
    access::Role,
    plan::{PlanHead, PlanKind},
};
use rashin_store::{City, TenantTx, identity::SignedIn};

use crate::{
    notification::notifications_url,
    web::{Flash, Tone},
};

/// What stands around a page.
pub struct Frame {
    notice: Option<String>,
    bar: Bar,
    nav: Vec<NavItem>,
    /// Where the search field of the navigation leads.
    search: Option<String>,
    crumbs: Vec<(String, String)>,
    flash: Option<Flash>,
    which: Option<Which>,
    /// No sign-in, no session: may be cached.
    is_public: bool,
}

enum Bar {
    Plain { person: Option<String> },
    Public { home: String, title: String, note: String },
    Staff { city: String, home: String, person: String, notifications: (String, String) },
}

/// Says on every page of a family of addresses which edition it shows.
pub struct Which {
    pub words: String,
    /// (address, label)
    pub link: Option<(String, &'static str)>,
}

struct NavItem {
    href: String,
    label: Cow<'static, str>,
    current: bool,
    /// Where there is room, the bar has it.
    folded: bool,
}

/// Which entry of a navigation a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Here {
    Overview,
    Strategies,
    Kpis,
    Roadmap,
    Bodies,
    Documents,
    Data,
    Home,
    Updates,
    Progress,
    Cases,
    Year,
    Plans,
    Organisation,
    Publish,
    Templates,
    Shares,
    Compare,
    People,
    Log,
    Search,
    Notifications,
    None,
}

const DATA: &str = "データ";

impl Frame {
    fn new(bar: Bar) -> Self {
        Self { notice: None, bar, nav: Vec::new(), search: None, crumbs: Vec::new(), flash: None, which: None, is_public: false }
    }

    /// Sign-in, account and problem pages.
    pub fn plain(who: Option<&SignedIn>) -> Self {
        Self::new(Bar::Plain { person: who.map(|who| who.name.clone()) })
    }

    /// The list of municipalities.
    pub fn directory() -> Self {
        Self { is_public: true, ..Self::new(Bar::Plain { person: None }) }
    }

    /// Public pages of a municipality's plan, all under `base`.
    pub fn public(city: &City, plan: &PlanHead, base: &str, here: Here) -> Self {
        let item = |path: &str, label, of| NavItem {
            href: format!("{base}{path}"),
            label: Cow::Borrowed(label),
            current: here == of,
            folded: false,
        };
        let nav = vec![
            item("", "計画のあらまし", Here::Overview),
            item("/strategies", "戦略と取組", Here::Strategies),
            item("/kpis", "指標", Here::Kpis),
            item("/roadmap", "ロードマップ", Here::Roadmap),
            item("/bodies", "推進体制", Here::Bodies),
            item("/chapters", "計画書", Here::Documents),
            item("/data", DATA, Here::Data),
        ];
        let what = match plan.kind {
            PlanKind::DxPlan | PlanKind::Predecessor => plan.kind.label(),
            PlanKind::Other => "計画",
        };
        let bar = Bar::Public {
            home: base.to_owned(),
            title: format!("{} {what}の進み具合", city.name),
            note: if city.fictional {
                "架空データによる例（羅針）".to_owned()
            } else {
                "公開資料から作成（羅針）".to_owned()
            },
        };
        let notice = (!plan.notice.is_empty()).then(|| plan.notice.clone());
        Self { notice, nav, is_public: true, ..Self::new(bar) }
    }

    /// Staff pages.
    pub fn staff(tx: &TenantTx, notice: Option<String>, here: Here) -> Self {
        let (city, member) = (tx.city(), tx.member());
        let slug = &city.slug;
        let item = |path: &str, label, of| NavItem {
            href: format!("/{slug}{path}"),
            label: Cow::Borrowed(label),
            current: here == of,
            folded: false,
        };
        let mut nav = vec![item("/staff", "ホーム", Here::Home)];
        if city.kind == rashin_domain::tenancy::TenantKind::Prefecture {
            nav.push(item("/staff/compare/matrix", "比較", Here::Compare));
            nav.push(item("/staff/shares", "共有された指標", Here::Shares));
            nav.push(item("/staff/sections", "組織", Here::Organisation));
        } else {
            nav.push(item("/staff/updates", "わたしの更新", Here::Updates));
            nav.push(item("/staff/progress", "進み具合", Here::Progress));
            nav.push(item("/staff/kpis", "指標", Here::Kpis));
            nav.push(item("/staff/year", "年間", Here::Year));
            nav.push(item("/staff/cases", "案件", Here::Cases));
            nav.push(item("/staff/compare/matrix", "比較", Here::Compare));
            if member.is_some_and(|m| m.has(Role::Secretariat)) {
                nav.push(item("/staff/plans", "計画の編集", Here::Plans));
                nav.push(item("/staff/templates", "雛形", Here::Templates));
                nav.push(item("/staff/publish", "公表", Here::Publish));
            }
            nav.push(item("/staff/sections", "組織", Here::Organisation));
            nav.push(item("", "公開ページ", Here::Overview));
        }
        if member.is_some_and(|m| m.has(Role::Admin)) {
            nav.push(item("/staff/people", "職員", Here::People));
            nav.push(item("/staff/log", "記録", Here::Log));
        }
        // On a phone the tools of the bar are folded away: they are reached from the menu.
        let notifications = (notifications_url(slug), unread_words(tx.unread()));
        nav.push(NavItem {
            href: notifications.0.clone(),
            label: notifications.1.clone().into(),
            current: here == Here::Notifications,
            folded: true,
        });
        nav.push(NavItem { href: "/account".to_owned(), label: "アカウント".into(), current: false, folded: false });
        let role = member.and_then(|m| m.assignments.first()).map_or("", |a| a.role.label());
        let person = member.map_or_else(String::new, |m| format!("{role}　{}", m.name));
        let demo = city.fictional.then(|| "架空データ。この団体は実在しません。数値と氏名はすべて説明用です。".to_owned());
        let bar = Bar::Staff { city: city.name.clone(), home: format!("/{slug}/staff"), person, notifications };
        // The search page has its own field, filled with what was looked for.
        let search = (here != Here::Search).then(|| format!("/{slug}/staff/search"));
        Self { notice: notice.or(demo), nav, search, ..Self::new(bar) }
    }

    /// (label, address) from the top; the page itself is not among them.
    pub fn crumbs(self, crumbs: Vec<(String, String)>) -> Self {
        Self { crumbs, ..self }
    }

    pub fn flash(self, flash: Option<Flash>) -> Self {
        Self { flash, ..self }
    }

    pub fn which(self, which: Which) -> Self {
        Self { which: Some(which), ..self }
    }

    /// For pages that look like public ones and are not: no cache keeps them, and there are no data to take away.
    pub fn unpublished(self, which: Which) -> Self {
        let nav = self.nav.into_iter().filter(|item| item.label != DATA).collect();
        Self { nav, which: Some(which), is_public: false, ..self }
    }

    pub fn is_public(&self) -> bool {
        self.is_public
    }
}

/// 「お知らせ 3件」
fn unread_words(unread: i64) -> String {
    match unread {
        0 => "お知らせ".to_owned(),
        1..=99 => format!("お知らせ {unread}件"),
        _ => "お知らせ 99件以上".to_owned(),
    }
}

/// The body of the document.
pub fn framed(frame: Frame, main: AnyView) -> impl IntoView {
    let Frame { notice, bar, nav, search, crumbs, flash, which, .. } = frame;
    view! {
        <a class="skip" href="#main">"本文へ移動"</a>
        {notice.map(|notice| view! { <aside class="rashin-demo" aria-label="データについて"><p class="wrap">{notice}</p></aside> })}
        {which.map(|which| view! {
            <aside class="rashin-which" aria-label="表示している版"><p class="wrap">{which.words}{which.link.map(|(href, label)| view! { <a href=href>{label}</a> })}</p></aside>
        })}
        <header class="rashin-header">
            <div class="rashin-header__bar wrap">
                {header_bar(bar)}
                {(!nav.is_empty()).then(|| view! {
                    <button type="button" class="rashin-header__menu dads-button" data-type="outline" data-size="sm" popovertarget="menu">"メニュー"</button>
                })}
            </div>
            {(!nav.is_empty()).then(|| navigation(nav, search))}
        </header>
        <main class="wrap" id="main">
            {flash.map(banner)}
            {(!crumbs.is_empty()).then(|| breadcrumb(crumbs))}
            {main}
        </main>
        <footer class="rashin-footer">
            <div class="wrap">
                <ul>
                    <li><a href="/about">"使い方"</a></li>
                    <li><a href="/about#accessibility">"アクセシビリティ方針"</a></li>
                    <li><a href="/about#privacy">"個人情報の取扱い"</a></li>
                    <li><a href="/about#contact">"問い合わせ"</a></li>
                    <li><a href="/">"公開している計画"</a></li>
                </ul>
                <p>"羅針（らしん）― 自治体DX計画の進み具合を、庁内と住民が同じ数字で見るための道具です。"</p>
            </div>
        </footer>
    }
}

fn header_bar(bar: Bar) -> AnyView {
    match bar {
        Bar::Plain { person } => view! {
            <p class="rashin-header__brand"><a href="/">"羅針"</a></p>
            <div class="rashin-header__tools" data-always="">
                {match person {
                    Some(name) => view! { <a href="/account">{name}</a> },
                    None => view! { <a href="/sign-in">"職員のサインイン"</a> },
                }}
            </div>
        }
        .into_any(),
        Bar::Public { home, title, note } => view! {
            <p class="rashin-header__public"><a href=home>{title}</a><span>{note}</span></p>
        }
        .into_any(),
        Bar::Staff { city, home, person, notifications: (href, words) } => view! {
            <p class="rashin-header__brand"><a href=home>"羅針"</a></p>
            <p class="rashin-header__tenant">{city}</p>
            <div class="rashin-header__tools">
                <a href=href>{words}</a>
                <a href="/account">{person}</a>
                <form method="post" action="/sign-out"><button class="dads-button" data-type="text" data-size="sm">"サインアウト"</button></form>
            </div>
        }
        .into_any(),
    }
}

fn navigation(nav: Vec<NavItem>, search: Option<String>) -> impl IntoView {
    let items = nav.into_iter().map(|item| {
        let current = item.current.then_some("page");
        view! { <li data-folded=item.folded.then_some("")><a href=item.href aria-current=current>{item.label}</a></li> }
    });
    view! {
        <nav id="menu" popover="auto" class="rashin-nav wrap" aria-label="主な画面">
            <button type="button" class="dads-button" data-type="outline" data-size="sm" popovertarget="menu" popovertargetaction="hide">"閉じる"</button>
            <ul>{items.collect_view()}</ul>
            {search.map(|action| view! {
                <form method="get" action=action role="search" aria-label="この団体の中を検索" class="rashin-nav__search">
                    <label class="vh" for="nav-search">"探す言葉"</label>
                    <input class="dads-input-text__input" type="search" id="nav-search" name="q" autocomplete="off"/>
                    <button class="dads-button" data-type="outline" data-size="sm">"検索"</button>
                </form>
            })}
        </nav>
    }
}

fn breadcrumb(crumbs: Vec<(String, String)>) -> impl IntoView {
    let items = crumbs.into_iter().map(|(label, href)| {
        view! { <li class="dads-breadcrumb__item"><a class="dads-breadcrumb__link" href=href>{label}</a></li> }
    });
    view! {
        <nav class="dads-breadcrumb" aria-label="現在位置"><ol class="dads-breadcrumb__list">{items.collect_view()}</ol></nav>
    }
}

fn banner(flash: Flash) -> impl IntoView {
    let (kind, name) = match flash.tone {
        Tone::Success => ("success", "完了："),
        Tone::Info => ("info-1", "お知らせ："),
        Tone::Warning => ("warning", "注意："),
    };
    view! {
        <div class="dads-notification-banner" data-type=kind role="status">
            <p class="dads-notification-banner__heading"><span class="vh">{name}</span>{flash.heading}</p>
            {(!flash.body.is_empty()).then(|| view! { <p class="dads-notification-banner__body">{flash.body}</p> })}
        </div>
    }
}
