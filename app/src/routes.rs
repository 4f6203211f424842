//! The table of addresses. The router and the access matrix test are made from the same list.

use axum::{
    Router,
    handler::Handler,
    http::header,
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    approval, attachment, audit, card, case, compare, council, editor, grid, idea, identity, initiative, inquiry, kpi, ledger, meeting,
    notification, organisation, owner, people, plan, progress, publish, record, review, roadmap, search, template, tenancy, training,
    update, urging,
    web::{App, Refusal, file_limit},
    year,
};

/// A router that remembers what it serves.
pub struct Routes {
    router: Router<App>,
    listed: Vec<(&'static str, &'static str)>,
}

impl Routes {
    fn get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.listed.push(("GET", path));
        self.router = self.router.route(path, get(handler));
        self
    }

    fn post<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.listed.push(("POST", path));
        self.router = self.router.route(path, post(handler));
        self
    }

    /// An action that takes files, or a text too long for an ordinary form.
    fn post_files<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.listed.push(("POST", path));
        self.router = self.router.route(path, post(handler).layer(file_limit()));
        self
    }

    /// (method, path pattern) of every page and action.
    pub fn listed(&self) -> &[(&'static str, &'static str)] {
        &self.listed
    }

    pub fn into_router(self) -> Router<App> {
        let unknown = async || Refusal::NotFound;
        self.router.method_not_allowed_fallback(unknown).fallback(unknown).layer(map_response(in_our_words))
    }
}

/// An address that does not decode (a report without a UUID, a broken `%`) never reaches a handler: axum answers with an
/// English line. It is an address where nothing is.
async fn in_our_words(response: Response) -> Response {
    let is_page = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"));
    if response.status().is_client_error() && !is_page { Refusal::NotFound.into_response() } else { response }
}

pub fn routes() -> Routes {
    let routes = Routes { router: Router::new(), listed: Vec::new() };
    routes
        // Everybody
        .get("/", tenancy::pages::directory)
        .get("/about", tenancy::pages::about)
        .get("/{city}", plan::overview::overview)
        .get("/{city}/strategies", plan::nodes::strategies)
        .get("/{city}/nodes/{node}", plan::nodes::node)
        .get("/{city}/kpis", kpi::public::kpis)
        .get("/{city}/kpis/{code}", kpi::public::kpi)
        .get("/{city}/roadmap", roadmap::pages::roadmap)
        .get("/{city}/bodies", plan::documents::bodies)
        .get("/{city}/chapters", plan::documents::chapters)
        .get("/{city}/chapters/{chapter}", plan::documents::chapter)
        .get("/{city}/glossary", plan::documents::glossary)
        .get("/{city}/predecessor", plan::predecessor::predecessor)
        .get("/{city}/search", search::pages::public)
        .get("/{city}/data", publish::public::data)
        .get("/{city}/editions", publish::public::editions)
        .get("/{city}/attachments/{attachment}", attachment::public::content)
        // The same pages of one edition
        .get("/{city}/plans/{plan}", plan::plan)
        .get("/{city}/editions/{number}", plan::numbered)
        .get("/{city}/editions/{number}/{*page}", plan::numbered)
        .get("/{city}/plans/{plan}/editions/{number}", plan::overview::overview)
        .get("/{city}/plans/{plan}/editions/{number}/strategies", plan::nodes::strategies)
        .get("/{city}/plans/{plan}/editions/{number}/nodes/{node}", plan::nodes::node)
        .get("/{city}/plans/{plan}/editions/{number}/kpis", kpi::public::kpis)
        .get("/{city}/plans/{plan}/editions/{number}/kpis/{code}", kpi::public::kpi)
        .get("/{city}/plans/{plan}/editions/{number}/roadmap", roadmap::pages::roadmap)
        .get("/{city}/plans/{plan}/editions/{number}/bodies", plan::documents::bodies)
        .get("/{city}/plans/{plan}/editions/{number}/chapters", plan::documents::chapters)
        .get("/{city}/plans/{plan}/editions/{number}/chapters/{chapter}", plan::documents::chapter)
        .get("/{city}/plans/{plan}/editions/{number}/glossary", plan::documents::glossary)
        .get("/{city}/plans/{plan}/editions/{number}/predecessor", plan::predecessor::predecessor)
        .get("/{city}/plans/{plan}/editions/{number}/data", publish::public::data)
        .get("/{city}/plans/{plan}/editions/{number}/errata", publish::public::errata)
        // People
        .get("/sign-in", identity::pages::sign_in)
        .post("/sign-in", identity::actions::sign_in)
        .post("/sign-out", identity::actions::sign_out)
        .get("/account", identity::pages::account)
        .post("/account/password", identity::actions::change_password)
        .post("/account/devices/{handle}/endings", identity::actions::end_device)
        .get("/reset", identity::pages::ask_reset)
        .post("/reset", identity::actions::ask_reset)
        .get("/reset/{token}", identity::pages::set_password)
        .post("/reset/{token}", identity::actions::set_password)
        .get("/invitations/{token}", identity::pages::set_password)
        .post("/invitations/{token}", identity::actions::set_password)
        // Members of a tenant
        .get("/{city}/staff", tenancy::home::home)
        .get("/{city}/staff/updates", update::page::updates)
        .get("/{city}/staff/updates/check", update::check::check)
        .post("/{city}/staff/updates/drafts", update::actions::save)
        .post("/{city}/staff/updates/checks", update::actions::check)
        .post("/{city}/staff/updates/reports", update::actions::submit)
        .get("/{city}/staff/notifications", notification::page::notifications)
        .post("/{city}/staff/notifications/readings", notification::actions::read_all)
        .get("/{city}/staff/notifications/settings", notification::settings::settings)
        .post("/{city}/staff/notifications/settings", notification::actions::set)
        .post("/{city}/staff/notifications/{notification}/readings", notification::actions::read)
        .get("/{city}/staff/progress", progress::page::progress)
        .get("/{city}/staff/grid", grid::page::grid)
        .get("/{city}/staff/grid.csv", grid::csv)
        .get("/{city}/staff/reminders", urging::page::reminders)
        .post("/{city}/staff/reminders", urging::actions::remind)
        .get("/{city}/staff/grid/paste", grid::paste::page)
        .post_files("/{city}/staff/grid/paste-drafts", grid::paste::keep)
        .get("/{city}/staff/owners", owner::list::owners)
        .post("/{city}/staff/responsibilities", owner::actions::assign)
        .get("/{city}/staff/transfers", owner::transfer::transfers)
        .get("/{city}/staff/transfers/{member}", owner::transfer::transfer)
        .post("/{city}/staff/transfers/{member}/handovers", owner::actions::hand_over)
        .post("/{city}/staff/transfers/{member}/case-handovers", owner::cases::hand_over)
        .post("/{city}/staff/transfers/{member}/card-handovers", card::transfer::hand_over)
        .get("/{city}/staff/kpis/{code}/handover", owner::handover::handover)
        .get("/{city}/staff/updates/workbook", update::workbook::page::mine)
        .get("/{city}/staff/updates/workbooks", update::workbook::page::workbooks)
        .post_files("/{city}/staff/updates/import-drafts", update::workbook::actions::send)
        .get("/{city}/staff/updates/workbooks/{workbook}", update::workbook::preview::preview)
        .post("/{city}/staff/updates/workbooks/{workbook}/reports", update::workbook::actions::import)
        .get("/{city}/staff/plans/{plan}/workbooks", update::workbook::page::choose)
        .get("/{city}/staff/plans/{plan}/workbook", update::workbook::page::plan)
        .get("/{city}/staff/kpis", kpi::staff::kpis)
        .get("/{city}/staff/kpis/{code}", kpi::staff::kpi)
        .get("/{city}/staff/kpis/{code}/report", kpi::report::report)
        .get("/{city}/staff/kpis/{code}/report/check", kpi::report::check)
        .post("/{city}/staff/kpis/{code}/drafts", kpi::actions::check_report)
        .post("/{city}/staff/kpis/{code}/reports", kpi::actions::submit_report)
        .post("/{city}/staff/kpis/{code}/responsibilities", kpi::actions::assign)
        .post("/{city}/staff/kpis/{code}/grades", kpi::overrule::overrule)
        .post("/{city}/staff/kpis/{code}/grade-withdrawals", kpi::overrule::withdraw)
        .post("/{city}/staff/kpis/{code}/shares", compare::actions::share)
        .post("/{city}/staff/kpis/{code}/share-withdrawals", compare::actions::withdraw)
        .get("/{city}/staff/kpis/{code}/attachments", attachment::page::kpi)
        .post_files("/{city}/staff/kpis/{code}/attachments", attachment::actions::to_kpi)
        .get("/{city}/staff/attachments/{attachment}", attachment::page::content)
        .post("/{city}/staff/attachments/{attachment}/listings", attachment::actions::list)
        .post("/{city}/staff/attachments/{attachment}/removals", attachment::actions::remove)
        .get("/{city}/staff/reports/{report}", kpi::decide::report)
        .post("/{city}/staff/reports/{report}/approvals", kpi::actions::approve)
        .post("/{city}/staff/reports/{report}/returns", kpi::actions::send_back)
        .post("/{city}/staff/reports/{report}/comments", kpi::comments::say)
        .get("/{city}/staff/approvals", approval::page::approvals)
        .post("/{city}/staff/approvals", approval::actions::approve)
        .post("/{city}/staff/returns", approval::actions::send_back)
        // 年間のイメージ
        .get("/{city}/staff/year", year::calendar::year)
        .post("/{city}/staff/year/rounds", year::actions::add)
        .get("/{city}/staff/year/rounds/{round}", year::round::round)
        .post("/{city}/staff/year/rounds/{round}/changes", year::actions::change)
        .post("/{city}/staff/year/rounds/{round}/locks", year::actions::lock)
        .post("/{city}/staff/year/rounds/{round}/cancellations", year::actions::cancel)
        .get("/{city}/staff/settings", year::settings::settings)
        .post("/{city}/staff/settings", year::actions::set)
        .get("/{city}/staff/roadmap", roadmap::pages::staff)
        .get("/{city}/staff/initiatives/{node}", initiative::initiative)
        .get("/{city}/staff/reviews", review::list::reviews)
        .get("/{city}/staff/reviews.csv", review::list::csv)
        .get("/{city}/staff/kpis/{code}/review", review::form::of_kpi)
        .post("/{city}/staff/kpis/{code}/reviews", review::form::write_of_kpi)
        .get("/{city}/staff/initiatives/{node}/review", review::form::of_initiative)
        .post("/{city}/staff/initiatives/{node}/reviews", review::form::write_of_initiative)
        .get("/{city}/staff/ledger", ledger::list::ledger)
        .get("/{city}/staff/ledger.csv", ledger::list::csv)
        .get("/{city}/staff/initiatives/{node}/ledger", ledger::form::entry)
        .post("/{city}/staff/initiatives/{node}/ledger-entries", ledger::form::write)
        .get("/{city}/staff/rosters", council::bodies::bodies)
        .post("/{city}/staff/rosters", council::bodies::add)
        .post("/{city}/staff/rosters/from-plan", council::bodies::add_of_plan)
        .get("/{city}/staff/rosters/{body}", council::body::body)
        .post("/{city}/staff/rosters/{body}/seats", council::body::keep_seat)
        .post("/{city}/staff/rosters/{body}/charters", council::body::keep_charter)
        .get("/{city}/staff/routes", council::routes::routes)
        .post("/{city}/staff/routes", council::edits::make)
        .get("/{city}/staff/routes/new", council::editor::new)
        .post("/{city}/staff/routes/drafts", council::edits::arrange)
        .get("/{city}/staff/routes/{route}", council::versions::route)
        .get("/{city}/staff/routes/{route}/edit", council::editor::edit)
        .post("/{city}/staff/routes/{route}/versions", council::routes::keep)
        .get("/{city}/staff/routes/{route}/versions/{version}", council::versions::version)
        .post("/{city}/staff/routes/{route}/revisions", council::edits::revise)
        .post("/{city}/staff/routes/{route}/retirements", council::edits::retire)
        .post("/{city}/staff/routes/{route}/restorations", council::edits::restore)
        .get("/{city}/staff/cases", case::list::cases)
        .get("/{city}/staff/decisions", case::register::register)
        .get("/{city}/staff/decisions.csv", case::register::csv)
        .get("/{city}/staff/cases/new", case::form::new)
        .post("/{city}/staff/cases", case::form::open)
        .get("/{city}/staff/cases/{number}", case::page::case)
        .get("/{city}/staff/cases/{number}/edit", case::form::edit)
        .get("/{city}/staff/cases/{number}/versions", case::versions::versions)
        .post("/{city}/staff/cases/{number}/versions", case::form::save)
        .post("/{city}/staff/cases/{number}/decisions", case::actions::decide)
        .post("/{city}/staff/cases/{number}/remarks", case::actions::remark)
        .post("/{city}/staff/cases/{number}/withdrawals", case::actions::withdraw)
        .get("/{city}/staff/cases/{number}/adoption", case::adoption::adoption)
        .post("/{city}/staff/cases/{number}/rulings", case::adoption::adopt)
        .get("/{city}/staff/rosters/{body}/calendar.ics", meeting::calendar::of_body)
        .get("/{city}/staff/meetings", meeting::list::meetings)
        .get("/{city}/staff/meetings/new", meeting::form::new)
        .post("/{city}/staff/meetings", meeting::form::arrange)
        .get("/{city}/staff/meetings/{number}", meeting::page::meeting)
        .get("/{city}/staff/meetings/{number}/change", meeting::form::change)
        .post("/{city}/staff/meetings/{number}/arrangements", meeting::form::rearrange)
        .post("/{city}/staff/meetings/{number}/cancellations", meeting::form::call_off)
        .post("/{city}/staff/meetings/{number}/convocations", meeting::form::convene)
        .post("/{city}/staff/meetings/{number}/agenda", meeting::agenda::add)
        .post("/{city}/staff/meetings/{number}/agenda-moves", meeting::agenda::shift)
        .get("/{city}/staff/meetings/{number}/packet", meeting::packet::packet)
        .get("/{city}/staff/meetings/{number}/invitation.ics", meeting::calendar::invitation)
        .post("/{city}/staff/meetings/{number}/answers", meeting::answers::answer)
        .get("/{city}/staff/meetings/{number}/attendance", meeting::attendance::attendance)
        .post("/{city}/staff/meetings/{number}/attendance", meeting::attendance::keep)
        .get("/{city}/staff/meetings/{number}/outcomes", meeting::outcomes::outcomes)
        .post("/{city}/staff/meetings/{number}/outcomes", meeting::outcomes::record)
        .get("/{city}/staff/meetings/{number}/minutes", meeting::minutes::minutes)
        .post("/{city}/staff/meetings/{number}/minutes", meeting::minutes::write)
        .post("/{city}/staff/meetings/{number}/errands", meeting::errands::give)
        .post("/{city}/staff/errands/{errand}/completions", meeting::errands::finish)
        .post("/{city}/staff/cases/{number}/authors", case::people::add)
        .post("/{city}/staff/cases/{number}/author-removals", case::people::remove)
        .post("/{city}/staff/cases/{number}/handovers", case::people::hand_over)
        .post("/{city}/staff/cases/{number}/handover-withdrawals", case::people::withdraw)
        .get("/{city}/staff/cases/{number}/export", record::export::paper)
        .get("/{city}/staff/cases/{number}/export.zip", record::export::zip)
        .get("/{city}/staff/records", record::periods::records)
        .post("/{city}/staff/records", record::periods::keep)
        .get("/{city}/staff/cases/{number}/attachments", attachment::page::case)
        .post_files("/{city}/staff/cases/{number}/attachments", attachment::actions::to_case)
        .get("/{city}/staff/ideas", idea::pages::ideas)
        .post("/{city}/staff/ideas", idea::actions::send)
        .get("/{city}/staff/ideas/{number}", idea::pages::idea)
        .post("/{city}/staff/ideas/{number}/adoptions", idea::actions::adopt)
        .post("/{city}/staff/ideas/{number}/mergers", idea::actions::merge)
        .post("/{city}/staff/ideas/{number}/answers", idea::actions::answer)
        .get("/{city}/staff/cards", card::list::cards)
        .get("/{city}/staff/cards/new", card::form::new)
        .post("/{city}/staff/cards", card::form::open)
        .get("/{city}/staff/cards/{number}", card::page::card)
        .post("/{city}/staff/cards/{number}/steps", card::actions::write)
        .post("/{city}/staff/cards/{number}/results", card::actions::close)
        .post("/{city}/staff/cards/{number}/handovers", card::actions::hand_over)
        .post("/{city}/staff/cards/{number}/abandonments", card::actions::give_up)
        .get("/{city}/staff/trainings", training::list::trainings)
        .post("/{city}/staff/trainings", training::form::arrange)
        .get("/{city}/staff/trainings.csv", training::list::csv)
        .get("/{city}/staff/trainings/new", training::form::new)
        .get("/{city}/staff/trainings/{number}", training::page::training)
        .get("/{city}/staff/trainings/{number}/edit", training::form::edit)
        .post("/{city}/staff/trainings/{number}/revisions", training::form::revise)
        .get("/{city}/staff/trainings/{number}/attendance", training::attendance::attendance)
        .post("/{city}/staff/trainings/{number}/attendance", training::attendance::record)
        .get("/{city}/staff/trainings/{number}/attachments", attachment::page::training)
        .post_files("/{city}/staff/trainings/{number}/attachments", attachment::actions::to_training)
        .get("/{city}/staff/templates", template::pages::templates)
        .get("/{city}/staff/templates/new", template::editor::new)
        .post("/{city}/staff/templates", template::actions::make)
        .get("/{city}/staff/templates/{code}", template::pages::template)
        .get("/{city}/staff/templates/{code}/edit", template::editor::edit)
        .post("/{city}/staff/templates/{code}/revisions", template::actions::revise)
        .post("/{city}/staff/templates/{code}/retirements", template::actions::retire)
        .post("/{city}/staff/templates/{code}/restorations", template::actions::restore)
        .get("/{city}/staff/indicators", template::library::indicators)
        .get("/{city}/staff/sections", organisation::chart::chart)
        .get("/{city}/staff/sections/{section}", organisation::section::section)
        .post("/{city}/staff/sections/{section}/positions", organisation::actions::place)
        .get("/{city}/staff/reorganisations/new", organisation::order::new)
        .post("/{city}/staff/reorganisations/drafts", organisation::actions::check)
        .get("/{city}/staff/reorganisations/check", organisation::check::check)
        .post("/{city}/staff/reorganisations", organisation::actions::reorganise)
        .post("/{city}/staff/reorganisations/{reorganisation}/withdrawals", organisation::actions::withdraw)
        .get("/{city}/staff/publish", publish::pages::publish)
        .post("/{city}/staff/editions", publish::actions::publish)
        .get("/{city}/staff/plans/{plan}/editions/{number}", publish::edition::edition)
        .get("/{city}/staff/plans/{plan}/editions/{number}/attachments", attachment::page::edition)
        .post_files("/{city}/staff/plans/{plan}/editions/{number}/attachments", attachment::actions::to_edition)
        .post("/{city}/staff/plans/{plan}/editions/{number}/withdrawals", publish::actions::withdraw)
        .post("/{city}/staff/plans/{plan}/editions/{number}/embargoes", publish::actions::put_off)
        .post("/{city}/staff/plans/{plan}/editions/{number}/errata", publish::actions::correct)
        // The public pages as they would be if the plan were published now
        .get("/{city}/staff/plans/{plan}/preview", plan::overview::overview)
        .get("/{city}/staff/plans/{plan}/preview/strategies", plan::nodes::strategies)
        .get("/{city}/staff/plans/{plan}/preview/nodes/{node}", plan::nodes::node)
        .get("/{city}/staff/plans/{plan}/preview/kpis", kpi::public::kpis)
        .get("/{city}/staff/plans/{plan}/preview/kpis/{code}", kpi::public::kpi)
        .get("/{city}/staff/plans/{plan}/preview/roadmap", roadmap::pages::roadmap)
        .get("/{city}/staff/plans/{plan}/preview/bodies", plan::documents::bodies)
        .get("/{city}/staff/plans/{plan}/preview/chapters", plan::documents::chapters)
        .get("/{city}/staff/plans/{plan}/preview/chapters/{chapter}", plan::documents::chapter)
        .get("/{city}/staff/plans/{plan}/preview/glossary", plan::documents::glossary)
        .get("/{city}/staff/plans/{plan}/preview/predecessor", plan::predecessor::predecessor)
        .get("/{city}/staff/shares", compare::pages::shares)
        // Comparison
        .get("/{city}/staff/compare/matrix", compare::matrix::matrix)
        .get("/{city}/staff/compare/matrix.csv", compare::csv)
        .get("/{city}/staff/compare/indicators/{code}", compare::column::column)
        .get("/{city}/staff/compare/own", compare::own::list)
        .post("/{city}/staff/compare/own", compare::own::make)
        .get("/{city}/staff/compare/own/new", compare::own::new)
        .get("/{city}/staff/compare/own/{number}/edit", compare::own::edit)
        .post("/{city}/staff/compare/own/{number}/revisions", compare::own::revise)
        .get("/{city}/staff/compare/own/{number}/figures", compare::own::figures::figures)
        .get("/{city}/staff/compare/own/{number}/figures.csv", compare::own::figures::template)
        .post_files("/{city}/staff/compare/own/{number}/import-drafts", compare::own::figures::upload)
        .get("/{city}/staff/compare/own/{number}/figures/check", compare::own::figures::check)
        .post("/{city}/staff/compare/own/{number}/releases", compare::own::figures::import)
        // The plan's editor
        .get("/{city}/staff/plans", editor::plans::plans)
        .post("/{city}/staff/plans", editor::plans::create)
        .get("/{city}/staff/new-plan", editor::plans::new_plan)
        .get("/{city}/staff/plans/{plan}", editor::desk::desk)
        .post("/{city}/staff/plans/{plan}/undoings", editor::desk::undo_last)
        .post("/{city}/staff/plans/{plan}/discards", editor::desk::discard_all)
        .get("/{city}/staff/plans/{plan}/comparison", editor::comparison::comparison)
        .get("/{city}/staff/plans/{plan}/grades", editor::grades::grades)
        .post("/{city}/staff/plans/{plan}/grades/checks", editor::grades::check)
        .get("/{city}/staff/plans/{plan}/grades/check", editor::grades::effect)
        .post("/{city}/staff/plans/{plan}/grades/revisions", editor::grades::revise)
        .get("/{city}/staff/plans/{plan}/new/{kind}", editor::objects::new)
        .get("/{city}/staff/plans/{plan}/objects/{kind}", editor::objects::list)
        .post("/{city}/staff/plans/{plan}/objects/{kind}", editor::actions::create)
        .get("/{city}/staff/plans/{plan}/objects/{kind}/{key}", editor::objects::object)
        .post("/{city}/staff/plans/{plan}/objects/{kind}/{key}/revisions", editor::actions::revise)
        .post("/{city}/staff/plans/{plan}/objects/{kind}/{key}/removals", editor::actions::remove)
        .post("/{city}/staff/plans/{plan}/objects/{kind}/{key}/shifts", editor::actions::shift)
        .post("/{city}/staff/plans/{plan}/objects/{kind}/{key}/restorations", editor::actions::restore)
        .post("/{city}/staff/plans/{plan}/objects/nodes/{key}/moves", editor::node_actions::relocate)
        .post("/{city}/staff/plans/{plan}/objects/nodes/{key}/splits", editor::node_actions::split)
        .post("/{city}/staff/plans/{plan}/objects/nodes/{key}/mergers", editor::node_actions::merge)
        .post("/{city}/staff/plans/{plan}/objects/nodes/{key}/cells", editor::node_actions::cells)
        .post("/{city}/staff/plans/{plan}/objects/nodes/{key}/cell-moves", editor::node_actions::move_cells)
        .post("/{city}/staff/plans/{plan}/objects/kpis/{key}/parts", editor::kpi_actions::add_part)
        .get("/{city}/staff/plans/{plan}/objects/kpis/{key}/points", editor::points::point)
        .post("/{city}/staff/plans/{plan}/objects/kpis/{key}/points", editor::points::set)
        .post("/{city}/staff/plans/{plan}/objects/kpis/{key}/point-removals", editor::points::remove)
        .get("/{city}/staff/plans/{plan}/nodes/{node}/attachments", attachment::page::node)
        .post_files("/{city}/staff/plans/{plan}/nodes/{node}/attachments", attachment::actions::to_node)
        // 庁内照会
        .get("/{city}/staff/plans/{plan}/inquiries", inquiry::list::inquiries)
        .post("/{city}/staff/plans/{plan}/inquiries", inquiry::new::send)
        .get("/{city}/staff/plans/{plan}/inquiries/new", inquiry::new::new)
        .get("/{city}/staff/inquiries/{inquiry}", inquiry::page::inquiry)
        .get("/{city}/staff/inquiries/{inquiry}/table", inquiry::table::page)
        .get("/{city}/staff/inquiries/{inquiry}/table.xlsx", inquiry::table::workbook)
        .post("/{city}/staff/inquiries/{inquiry}/comments", inquiry::actions::comment)
        .post("/{city}/staff/inquiries/{inquiry}/replies", inquiry::actions::reply)
        .post("/{city}/staff/inquiries/{inquiry}/comments/{comment}/withdrawals", inquiry::actions::withdraw)
        .post("/{city}/staff/inquiries/{inquiry}/comments/{comment}/answers", inquiry::actions::answer)
        .post("/{city}/staff/inquiries/{inquiry}/reminders", inquiry::actions::remind)
        .post("/{city}/staff/inquiries/{inquiry}/deadlines", inquiry::actions::extend)
        .post("/{city}/staff/inquiries/{inquiry}/closings", inquiry::actions::close)
        // People of a tenant
        .get("/{city}/staff/roles", people::roles::roles)
        .get("/{city}/staff/people", people::list::people)
        .post("/{city}/staff/people", people::new::create)
        .get("/{city}/staff/people/new", people::new::new)
        .post("/{city}/staff/people/sheets", people::invitations::sheets)
        .get("/{city}/staff/people/imports", people::imports::imports)
        .post("/{city}/staff/people/imports", people::imports::import)
        .get("/{city}/staff/people/imports/template.csv", people::imports::template)
        .get("/{city}/staff/people/imports/check", people::imports::preview)
        .post_files("/{city}/staff/people/import-drafts", people::imports::upload)
        .get("/{city}/staff/people/{member}", people::member::member)
        .post("/{city}/staff/people/{member}/corrections", people::actions::correct)
        .post("/{city}/staff/people/{member}/assignments", people::actions::add)
        .post("/{city}/staff/people/{member}/endings", people::actions::end)
        .post("/{city}/staff/people/{member}/withdrawals", people::actions::withdraw)
        .post("/{city}/staff/people/{member}/invitations", people::invitations::invite_again)
        .post("/{city}/staff/people/{member}/suspensions", people::actions::suspend)
        .post("/{city}/staff/people/{member}/leavings", people::actions::leave)
        .post("/{city}/staff/people/{member}/reactivations", people::actions::reactivate)
        .get("/{city}/staff/search", search::pages::staff)
        .get("/{city}/staff/log", audit::log::log)
        .get("/{city}/staff/log.csv", audit::log::csv)
        .get("/{city}/staff/log/sign-ins", audit::sign_ins::sign_ins)
        .get("/{city}/staff/exports", audit::export::exports)
        .post("/{city}/staff/exports", audit::export::export)
}
