//! Figures of the national library: the seed, imports, revisions, and the agency's own files where they are at hand.

mod support;

use std::{collections::BTreeMap, path::PathBuf};

use jiff::civil::date;
use rashin_domain::{
    clock::FiscalYear,
    figure::{Dataset, Summary, Table},
    value::{Unknown, Value},
};
use rashin_server::figures::look;
use sqlx::PgPool;
use support::{Service, repository};

const YEAR: FiscalYear = FiscalYear(2023);

/// A file of the Digital Agency, which may not be copied into this repository: `RASHIN_DIGITAL_AGENCY` names its folder.
/// `None`, and a word about it, where it is not at hand.
fn agency(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("RASHIN_DIGITAL_AGENCY").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| repository().join("../shared/data/digital-agency"));
    let file = std::fs::read(folder.join(name)).ok();
    if file.is_none() {
        eprintln!("SKIPPED: {name} is not at hand; set RASHIN_DIGITAL_AGENCY to the folder of the agency's files");
    }
    file
}

fn column<'a>(table: &'a Table, indicator: &str) -> &'a [Value] {
    &table.columns.iter().find(|column| column.indicator == indicator).unwrap().values
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_seed_holds_yamanashi_and_is_loaded_once(pool: PgPool) {
    let service = Service::start(pool).await;
    let seeds = repository().join("seeds/figures");
    rashin_server::figures::seed(&service.maintenance, &seeds).await.unwrap();
    let (release, table) = service.maintenance.newest_release(Dataset::MunicipalComparison, YEAR).await.unwrap().unwrap();
    assert_eq!((release.revision, release.bodies, release.as_of), (1, 27, date(2024, 7, 12)));
    assert_eq!(table.columns.len(), 13);
    let cio = Summary::of(column(&table, "DA-01"));
    assert_eq!((cio.yes, cio.known, cio.bodies), (20, 27, 27));
    let kai = table.bodies.iter().position(|code| code == "192104").unwrap();
    let said = |indicator| column(&table, indicator)[kai].clone();
    assert_eq!(said("DA-01"), Value::YesNo { yes: false });
    assert_eq!(said("DA-11"), Value::number(74.into()));
    assert_eq!(said("DA-12"), Value::number(100.into()));
    assert_eq!(said("DA-13"), Value::Ratio { n: 14.into(), of: 20.into() });
    assert_eq!(service.count("select count(*) from rashin.master_releases").await, 1);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn a_restated_file_is_a_new_revision_with_its_differences(pool: PgPool) {
    let service = Service::start(pool).await;
    let db = &service.maintenance;
    let file = |kai: &str| {
        let heads = "\u{feff},,甲府市,甲斐市,\r\n自治体DXの推進体制等,CIOの任命 ,実施,".to_owned();
        format!("{heads}{kai},\r\n自治体DXの推進体制等,CIO補佐官等の任命,調査無し,未実施,\r\n").into_bytes()
    };
    let (year, as_of) = (FiscalYear(2022), date(2023, 7, 14));
    let first = look(db, &file("実施"), year).await.unwrap();
    assert!(first.before.is_none() && first.may_write(false).is_ok());
    assert!(first.report().contains("2022(令和4)年度：2団体、2行（指標2件）"), "{}", first.report());
    assert!(first.report().contains("値のないセル：調査なし 1"), "{}", first.report());
    assert_eq!(first.write(db, as_of, "a.csv").await.unwrap(), 1);

    let again = look(db, &file("実施"), year).await.unwrap();
    assert!(again.may_write(true).unwrap_err().contains("新しい版は作りません"));

    let restated = look(db, &file("未実施"), year).await.unwrap();
    assert!(restated.report().contains("変わった値 1、加わった値 0、なくなった値 0、同じ値 3"), "{}", restated.report());
    assert!(restated.report().contains("甲斐市 CIOの任命：実施 → 未実施"), "{}", restated.report());
    assert_eq!(restated.write(db, date(2024, 7, 12), "b.csv").await.unwrap(), 2);
    let (release, table) = db.newest_release(Dataset::MunicipalComparison, year).await.unwrap().unwrap();
    assert_eq!((release.revision, release.as_of, &*release.file_name), (2, date(2024, 7, 12), "b.csv"));
    assert_eq!(column(&table, "DA-01")[1], Value::YesNo { yes: false });
    assert_eq!(service.count("select count(*) from rashin.master_figures f join rashin.master_releases r on r.number = f.release where r.fiscal_year = 2022").await, 8, "the first revision stays");

    // Whoever looked before somebody else imported does not write over it.
    assert!(restated.write(db, as_of, "c.csv").await.unwrap_err().to_string().contains("master_releases_one_per_revision"));
    let part = "\u{feff},,甲斐市\r\n自治体DXの推進体制等,CIOの任命,未実施\r\n".as_bytes();
    let part = look(db, part, year).await.unwrap();
    assert!(part.may_write(false).unwrap_err().contains("3件ありません"), "{:?}", part.may_write(false));
    assert!(part.may_write(true).is_ok());
    let broken = look(db, "\u{feff},,甲斐市\r\n自治体DXの推進体制等,CIOの任命,たぶん\r\n".as_bytes(), year).await;
    assert!(broken.err().unwrap().to_string().contains("2行目「CIOの任命」の甲斐市：「たぶん」は読み取れません"));
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_agencys_municipal_file_gives_the_published_totals(pool: PgPool) {
    let Some(file) = agency("市区町村毎のDX進捗状況_市区町村比較.csv") else { return };
    let service = Service::start(pool).await;
    let found = look(&service.maintenance, &file, YEAR).await.unwrap();
    let table = &found.reading.table;
    assert_eq!((found.reading.rows, table.columns.len(), table.bodies.len()), (15, 13, 1741));
    let yes: Vec<(usize, usize)> =
        (1..=10).map(|at| Summary::of(column(table, &format!("DA-{at:02}")))).map(|sum| (sum.yes, sum.known)).collect();
    let published = [1270, 846, 862, 1133, 522, 1437, 1203, 879, 720, 1055];
    assert_eq!(yes.iter().map(|(yes, _)| *yes).collect::<Vec<_>>(), published);
    assert_eq!(yes.iter().map(|(_, known)| *known).collect::<Vec<_>>(), [[1733; 7].as_slice(), &[1741; 3]].concat());
    // Seven questions were not put to 8 bodies of 石川県; 草津町 and 天川村 carry out none of the 32手続.
    assert_eq!(table.unknowns(), BTreeMap::from([(Unknown::NotApplicable, 2), (Unknown::NotSurveyed, 56)]));
    let without: Vec<&str> =
        table.cells().filter(|(_, _, value)| value.unknown_reason() == Some(Unknown::NotSurveyed)).map(|(_, body, _)| &body[..2]).collect();
    assert!(without.iter().all(|prefecture| *prefecture == "17"), "{without:?}");
    let remarks = found.reading.remarks.join("\n");
    assert!(remarks.contains("空の列（1列）") && remarks.contains("空白を除きました（1行）") && remarks.contains("梼原町"), "{remarks}");
    assert_eq!(found.reading.remarks.len(), 3, "every printed rate is the computed one: {remarks}");
    // 南部町 is the name of three: by its place it is the one whose figures the seed has by its code.
    assert_eq!((found.differences.restated().count(), found.differences.gone()), (0, 0));
    assert_eq!(found.differences.same, 27 * 13);
    assert_eq!(found.write(&service.maintenance, date(2024, 7, 12), "a.csv").await.unwrap(), 2);
    assert_eq!(service.count("select count(*) from rashin.master_figures where release = 2").await, 1741 * 13);
    let (_, stored) = service.maintenance.newest_release(Dataset::MunicipalComparison, YEAR).await.unwrap().unwrap();
    assert_eq!(stored, *table);
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn the_agencys_other_files_are_read_whole(pool: PgPool) {
    let service = Service::start(pool).await;
    for (name, dataset, rows, columns, bodies, unknowns) in [
        ("市区町村毎のDX進捗状況_行政手続のオンライン申請率.csv", Dataset::MunicipalApplications, 52, 52, 1741, BLANK_MUNICIPAL),
        ("都道府県のDX進捗状況_行政手続のオンライン申請率.csv", Dataset::PrefecturalApplications, 30, 30, 47, BLANK_PREFECTURAL),
        ("都道府県のDX進捗状況_都道府県比較.csv", Dataset::PrefecturalComparison, 13, 11, 47, 0),
    ] {
        let Some(file) = agency(name) else { return };
        let found = look(&service.maintenance, &file, YEAR).await.unwrap();
        let table = &found.reading.table;
        assert_eq!(found.reading.dataset, dataset, "{name}");
        assert_eq!((found.reading.rows, table.columns.len(), table.bodies.len()), (rows, columns, bodies), "{name}");
        let blank = if unknowns == 0 { BTreeMap::new() } else { BTreeMap::from([(Unknown::NotStated, unknowns)]) };
        assert_eq!(table.unknowns(), blank, "{name}");
        found.write(&service.maintenance, date(2024, 7, 12), name).await.unwrap();
    }
    let (_, prefectures) = service.maintenance.newest_release(Dataset::PrefecturalComparison, YEAR).await.unwrap().unwrap();
    assert_eq!(Summary::of(column(&prefectures, "DA-01")).yes, 43);
}

const BLANK_MUNICIPAL: usize = 66_580;
const BLANK_PREFECTURAL: usize = 767;
