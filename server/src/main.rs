//! `rashin`: the one binary.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Capacity, Role, decide},
    clock::FiscalYear,
    identity::normal_email,
    ids::{PersonId, SectionId},
    period::parse_date,
    plan_folder::Folder,
    tenancy::{LocalCode, Slug, TenantKind},
};
use rashin_server::{config::Config, database, figures, folder, ids, seed, serve, telemetry};
use rashin_store::{
    Maintenance, TenantTx,
    maintenance::{NewAssignment, NewSection, NewTenant},
    publish::Base,
};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Rashin: the workspace for municipal DX plans. Configuration by environment and file: docs/deploy.md.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages. Without DATABASE_URL a private PostgreSQL is started.
    Serve {
        /// Add the demonstration tenants that are missing.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database to this program's version.
    Migrate,
    /// Load code masters, or the demonstration.
    Seed {
        #[arg(long)]
        masters: bool,
        #[arg(long)]
        demo: bool,
    },
    /// Plans as folders of text files (docs/plan-format.md).
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Figures of the national library (docs/compare.md).
    #[command(subcommand)]
    Figures(FiguresCommand),
    /// People.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Tenants.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// List the jobs that failed: those that will be tried again, and those that were given up.
    Jobs,
    /// Ask a running server whether it is well; for containers.
    Healthcheck,
}

#[derive(Subcommand)]
enum PlanCommand {
    /// Read a plan folder into a tenant. Changes nothing when anything is wrong.
    Import {
        #[arg(long)]
        tenant: String,
        /// Publish an edition right away, with this reason.
        #[arg(long)]
        publish: Option<String>,
        folder: PathBuf,
    },
    /// Write a plan of a tenant as a plan folder.
    Export {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        plan: String,
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum FiguresCommand {
    /// Read a file of the Digital Agency's dashboard and show what it would change; with --write, keep it as the next revision.
    Import {
        /// The fiscal year that the figures are of.
        #[arg(long)]
        year: i16,
        /// The day of which the agency speaks, as 2024-07-12.
        #[arg(long, value_parser = day)]
        as_of: Date,
        #[arg(long)]
        write: bool,
        /// Write it although figures of the newest revision are not in it.
        #[arg(long)]
        fewer: bool,
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Make a person (and a membership, with --tenant) and print a single-use invitation.
    Create {
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: Option<String>,
        #[arg(long)]
        tenant: Option<String>,
        /// admin, secretariat, approver, reporter or viewer
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Key of the section the role is held in; reporters and approvers need one.
        #[arg(long)]
        section: Option<String>,
        #[arg(long)]
        staff_number: Option<String>,
        /// May run the instance. Gives no access to any tenant.
        #[arg(long)]
        operator: bool,
    },
    /// Print a new single-use invitation for somebody who signs in with a staff number and has lost the password.
    Invite {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        staff_number: String,
    },
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Make a tenant from the code master.
    Create {
        #[arg(long)]
        code: String,
        #[arg(long)]
        slug: String,
        #[arg(long, value_parser = kind, default_value = "municipality")]
        kind: TenantKind,
    },
    /// Make or change a section of a tenant, by its key.
    Section {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        key: String,
        #[arg(long)]
        name: String,
        /// 部, 課, 係 or その他
        #[arg(long, default_value = "課")]
        kind: String,
        /// Key of the section above.
        #[arg(long)]
        parent: Option<String>,
    },
    /// Give a tenant a new address; the old one redirects.
    Rename {
        #[arg(long)]
        from: String,
        #[arg(long)]
        to: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_code(text).ok_or_else(|| "admin, secretariat, approver, reporter or viewer".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|_| "a day as 2024-07-12".to_owned())
}

fn kind(text: &str) -> Result<TenantKind, String> {
    TenantKind::from_code(text).ok_or_else(|| "municipality, prefecture, union or consultancy".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    telemetry::start(&config.log);
    match run(cli.command, config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: Config) -> Result<()> {
    match command {
        Command::Serve { demo } => serve::run(config, demo).await,
        Command::Healthcheck => healthcheck(&config).await,
        other => {
            let opened = database::open(&config).await?;
            let db = serve::maintenance(&config, &opened).await?;
            let done = maintain(other, &config, &db).await;
            db.close().await;
            if let Some(cluster) = opened.cluster {
                tokio::task::spawn_blocking(move || cluster.stop()).await??;
            }
            done
        }
    }
}

/// Commands that work on the database under the migrator's login.
async fn maintain(command: Command, config: &Config, db: &Maintenance) -> Result<()> {
    db.migrate().await?;
    match command {
        Command::Migrate => println!("the database is at this program's version"),
        Command::Seed { masters, demo } => {
            if masters || demo {
                seed::masters(db, &config.seeds).await?;
            }
            if demo {
                seed::demo(db, &config.seeds, &ids()).await?;
            }
            println!("seeded");
        }
        Command::Plan(PlanCommand::Import { tenant, publish, folder }) => import(db, &tenant, publish.as_deref(), &folder).await?,
        Command::Plan(PlanCommand::Export { tenant, plan, folder: dir }) => {
            let mut tx = db.enter(&tenant).await.map_err(|error| format!("tenant {tenant}: {error}"))?;
            let id = tx.plan_id(&plan).await?.ok_or_else(|| format!("no plan {plan} in {tenant}"))?;
            let content = tx.plan_content(id).await?;
            folder::store(&dir, &Folder { municipality: tx.city().code.clone(), content })?;
            println!("written to {}", dir.display());
        }
        Command::Figures(FiguresCommand::Import { year, as_of, write, fewer, file }) => {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let found = figures::look(db, &std::fs::read(&file)?, FiscalYear(year)).await?;
            println!("{}", found.report());
            match found.may_write(fewer) {
                Ok(()) if write => println!("第{}版として取り込みました。", found.write(db, as_of, &name).await?),
                Ok(()) => println!("まだ取り込んでいません。取り込むには --write を付けてください。"),
                Err(why) => println!("{why}"),
            }
        }
        Command::Person(PersonCommand::Create { name, email, tenant, role, section, staff_number, operator }) => {
            let person = NewPerson { name, email, tenant, role, section, staff_number, operator };
            create_person(config, db, person).await?;
        }
        Command::Person(PersonCommand::Invite { tenant, staff_number }) => {
            let person = db.person_by_staff_number(&tenant, &staff_number).await.map_err(|_| format!("no {staff_number} in {tenant}"))?;
            println!("Invitation for {staff_number}, valid for 7 days, once:\n{}", invitation(config, db, person).await?);
        }
        Command::Tenant(TenantCommand::Create { code, slug, kind }) => {
            let code = LocalCode::parse(&code).map_err(|error| error.to_string())?;
            let slug = Slug::parse(&slug).ok_or("slug: 2 to 40 lower-case letters, digits and hyphens, and no word of the product")?;
            let (name, kana) =
                db.master_name(&code).await.map_err(|_| "the code is not in the master; run `rashin seed --masters` first")?;
            // A code is six ASCII digits.
            let prefecture = &code.as_str()[..2];
            let new = NewTenant { kind, slug: &slug, code: &code, name: &name, kana: &kana, prefecture, fictional: false };
            let (_, made) = db.create_tenant(new).await?;
            println!("{} {name} /{slug}", if made { "made:" } else { "is there already:" });
        }
        Command::Tenant(TenantCommand::Section { tenant, key, name, kind, parent }) => {
            let mut tx = db.enter(&tenant).await.map_err(|error| format!("tenant {tenant}: {error}"))?;
            let permit = decide(tx.actor(), &Action::Staff)?;
            let parent = match &parent {
                Some(key) => Some(section_by_key(&mut tx, key).await?),
                None => None,
            };
            if !["部", "課", "係", "その他"].contains(&kind.as_str()) {
                return Err("--kind must be 部, 課, 係 or その他".into());
            }
            let position = tx.sections().await?.len() as i32;
            let section = NewSection { key: &key, parent, name: &name, kind: &kind, position, valid_from: tx.today(), valid_until: None };
            tx.write_section(permit, &section).await?;
            tx.commit().await?;
            println!("{name} ({key})");
        }
        Command::Tenant(TenantCommand::Rename { from, to }) => {
            let to = Slug::parse(&to).ok_or("slug: 2 to 40 lower-case letters, digits and hyphens, and no word of the product")?;
            let tenant = db.enter(&from).await?.city().id;
            db.rename_tenant(tenant, &to).await?;
            println!("/{from} now redirects to /{to}");
        }
        Command::Jobs => {
            for job in db.failed_jobs().await? {
                let (tried, of) = job.attempts;
                let next = if job.is_dead() { "given up".to_owned() } else { format!("next {}", job.next) };
                println!("{}  {}  {tried}/{of}  {next}  {}", job.id, job.task, job.error);
            }
        }
        Command::Serve { .. } | Command::Healthcheck => unreachable!("handled by the caller"),
    }
    Ok(())
}

async fn import(db: &Maintenance, tenant: &str, publish: Option<&str>, dir: &std::path::Path) -> Result<()> {
    let folder = folder::load(dir)?;
    let mut tx = db.enter(tenant).await.map_err(|error| format!("tenant {tenant}: {error}"))?;
    if tx.city().code != folder.municipality {
        return Err(format!(
            "plan.toml の municipality は {} ですが、{tenant} の団体コードは {} です。",
            folder.municipality,
            tx.city().code
        )
        .into());
    }
    let permit = decide(tx.actor(), &Action::Import)?;
    let done = tx.import_plan(permit, &folder.content).await?;
    if let Some(reason) = publish {
        let id = tx.plan_id(&folder.content.plan.slug).await?.ok_or("the plan was imported above")?;
        let permit = decide(tx.actor(), &Action::Publish)?;
        tx.publish(permit, id, Base::Draft, reason, None, None).await?;
    }
    tx.commit().await?;
    match done.nothing_changed() {
        true => println!("変更はありません。"),
        false => {
            println!("取り込みました：一覧 {}、指標の定義 {}、目標などの値 {}、実績 {}", done.lists, done.kpis, done.points, done.actuals)
        }
    }
    Ok(())
}

async fn section_by_key(tx: &mut TenantTx, key: &str) -> Result<SectionId> {
    let sections = tx.sections().await?;
    let section = sections.iter().find(|section| section.key == key);
    Ok(section.ok_or_else(|| format!("no section {key} today; make it with `rashin tenant section`"))?.id)
}

struct NewPerson {
    name: String,
    email: Option<String>,
    tenant: Option<String>,
    role: Option<Role>,
    section: Option<String>,
    staff_number: Option<String>,
    operator: bool,
}

async fn create_person(config: &Config, db: &Maintenance, new: NewPerson) -> Result<()> {
    let email = new.email.as_deref().map(|email| normal_email(email).ok_or("--email is no mail address")).transpose()?;
    if email.is_none() && new.staff_number.is_none() {
        return Err("--email or --staff-number is needed to sign in".into());
    }
    let person = db.create_person(email.as_deref(), &new.name, new.operator).await?;
    if let Some(tenant) = &new.tenant {
        let role = new.role.ok_or("--role is needed with --tenant")?;
        let mut tx = db.enter(tenant).await.map_err(|error| format!("tenant {tenant}: {error}"))?;
        let section = match &new.section {
            Some(key) => Some(section_by_key(&mut tx, key).await?),
            None => None,
        };
        if section.is_none() && matches!(role, Role::Reporter | Role::Approver) {
            return Err("--section is needed: a reporter or approver acts for a section".into());
        }
        let permit = decide(tx.actor(), &Action::Staff)?;
        let member = tx.write_member(permit, person, &new.name, "", new.staff_number.as_deref(), "invited").await?;
        let permit = decide(tx.actor(), &Action::Staff)?;
        let assignment = NewAssignment { section, role, post: "", capacity: Capacity::Main, valid_from: tx.today(), valid_until: None };
        tx.write_assignment(permit, member, &assignment).await?;
        tx.commit().await?;
    }
    let link = invitation(config, db, person).await?;
    println!("Invitation for {}, valid for 7 days, once:\n{link}", new.name);
    if let Some(email) = &email {
        let body = rashin_app::people::invitations::mail_with_link(&new.name, None, &link);
        let sent = serve::mailer(config)?.send(email, "羅針への招待", body).await;
        println!("{}", if sent { "The invitation was also sent by mail." } else { "The mail could not be sent; hand the link over." });
    }
    Ok(())
}

/// The address of a new invitation; earlier ones end.
async fn invitation(config: &Config, db: &Maintenance, person: PersonId) -> Result<String> {
    let token: [u8; 32] = ids().bytes();
    db.make_invitation(person, &token).await?;
    Ok(format!("{}/invitations/{}", config.public_url, rashin_app::identity::actions::token_text(&token)))
}

/// Plain HTTP to the own address: no client library for one line.
async fn healthcheck(config: &Config) -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(format!("GET /health HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer).await?;
    let status = answer.lines().next().unwrap_or_default().to_owned();
    if status.contains(" 200 ") { Ok(()) } else { Err(format!("unhealthy: {status}").into()) }
}
