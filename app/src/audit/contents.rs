//! What the files of an export are: one line a table, in Japanese and English, and the two README files.

use rashin_store::export::Table;

/// (table, Japanese, English). A test of the export asks for a line for every table.
const TABLES: &[(&str, &str, &str)] = &[
    ("agenda_items", "会議の次第（議題ごとの結果を含む）", "agendas of meetings, with what came of points"),
    ("assignments", "職員の役割・職名・所属と期間", "roles, posts and sections of members, with their time"),
    ("attachments", "添付ファイル（中身は files/ の下）", "attached files; their bytes are under files/"),
    ("attributes", "計画の属性（テーマ）", "attributes (themes) of plans"),
    ("audit_log", "操作の記録", "the log of what was done"),
    ("bodies", "計画にある推進体制", "bodies that plans name"),
    ("body_duties", "推進体制の役割", "duties of bodies"),
    ("card_escalations", "OODAカードの期限超過の知らせ", "of which late cards a body was told"),
    (
        "card_events",
        "OODAカードの経緯（観察・状況判断・意思決定・実行を含む）",
        "what happened to OODA cards, all that was written among it",
    ),
    ("cards", "OODAカードと番号", "OODA cards and their numbers"),
    ("case_authors", "案件の共同提案者", "co-authors of cases"),
    ("case_escalations", "案件の期限超過の知らせ", "of which delays of cases more people were told"),
    ("case_events", "案件の経緯と決定", "what happened to cases, and decisions"),
    ("case_handovers", "準備してある案件の引き継ぎ", "hand-overs of cases that are prepared"),
    ("case_remarks", "案件への意見とトライアルの結果", "opinions on cases and results of trials"),
    ("case_versions", "案件の内容（すべての版）", "texts of cases, all versions"),
    ("cases", "案件と番号", "cases and their numbers"),
    ("chapters", "計画書の章（Markdown）", "chapters of plans (Markdown)"),
    ("draft_changes", "編集中の案の変更（計画の項目ごと）", "changes of drafts, object by object"),
    ("draft_steps", "案の操作の記録", "steps of drafts: who did what"),
    ("drafts", "計画の案（公表・破棄を含む）", "drafts of plans, published and discarded ones included"),
    ("editions", "公表した版（取り下げた版を含む）", "published editions, withdrawn ones included"),
    ("errands", "会議の対応事項（済みを含む）", "what somebody has to do after a meeting, done ones included"),
    ("errata", "公表した版の正誤", "corrections of published editions"),
    ("glossary_terms", "用語集", "glossaries"),
    ("idea_fates", "アイデアの扱いと回答", "what became of ideas"),
    ("ideas", "職員のアイデア", "ideas of the staff"),
    ("indicator_figures", "独自の指標の値（団体ごと）", "figures of own indicators, by body"),
    ("indicator_releases", "独自の指標の値の取り込み（すべての版）", "imports of figures of own indicators, all revisions"),
    ("indicator_revisions", "独自の指標の定義（変更の履歴を含む）", "definitions of own indicators, earlier revisions included"),
    ("indicators", "独自の指標と番号", "own indicators and their numbers"),
    ("inquiries", "庁内照会（照会したときの案を含む）", "inquiries to sections, with the draft as it was sent"),
    ("inquiry_answers", "照会への意見に対する回答", "answers to comments, earlier revisions included"),
    ("inquiry_comments", "照会への意見（取り下げを含む）", "comments of sections, withdrawn ones included"),
    ("inquiry_sections", "照会先の部署と回答の状況", "asked sections and how they replied"),
    ("kpi_actuals", "報告された実績値", "reported figures"),
    ("kpi_definitions", "指標の定義（変更の履歴を含む）", "definitions of KPIs, earlier versions included"),
    ("kpi_overrides", "事務局による判定（取り下げを含む）", "grades set by a person, withdrawn ones included"),
    ("kpi_parts", "指標の内訳と単位", "parts and units of KPIs"),
    ("kpi_points", "現状値・中間目標・目標", "baselines, interim and final targets"),
    ("kpi_template_revisions", "指標の雛形の内容（変更の履歴を含む）", "templates of KPIs, earlier revisions included"),
    ("kpi_templates", "指標の雛形とコード", "templates of KPIs and their codes"),
    ("kpis", "指標とコード", "KPIs and their codes"),
    ("ledger_entries", "取組の予算と効果（変更の履歴を含む）", "cost and effect of initiatives, earlier revisions included"),
    ("lineage", "前の計画からのつながり", "how nodes follow from an earlier plan"),
    ("mail_refusals", "メールで受け取らないお知らせの種類", "kinds of notifications that members do not want by mail"),
    ("meeting_answers", "持ち回りの会議への委員の回答", "answers of members to circulated papers"),
    ("meeting_attendance", "会議の出席（当日の職名と氏名）", "who came to meetings, as they were called on the day"),
    ("meeting_events", "会議の予定・変更・招集・中止・終了", "meetings arranged, moved, called, called off and closed"),
    ("meeting_minutes", "議事録（すべての版）", "minutes of meetings, all versions"),
    ("meeting_outcomes", "会議で決めた案件の経緯と採決の数", "decisions about cases that were taken at meetings, with votes"),
    ("meeting_series", "定例の会議のくり返し", "rules of monthly meetings"),
    ("meetings", "会議と番号", "meetings and their numbers"),
    ("members", "職員（氏名・職員番号・状態）", "members: names, staff numbers, states"),
    ("node_attributes", "取組の属性", "attributes of nodes"),
    ("node_notes", "取組の年度ごとの注記", "yearly notes of nodes"),
    ("nodes", "戦略・項目・取組などの木", "the tree of strategies, items and initiatives"),
    ("notifications", "お知らせ（既読・メールの送信日時を含む）", "notifications, with when they were read and mailed"),
    ("plan_kpis", "計画に載る指標と順", "KPIs of plans, in order"),
    ("plan_levels", "計画の階層の名前", "names of levels"),
    ("plan_markers", "計画の印の意味", "meanings of markers"),
    ("plan_milestones", "ロードマップの節目", "milestones of roadmaps"),
    ("plan_rulings", "取組についての決定", "decisions about initiatives"),
    ("plan_phases", "ロードマップの段階", "phases of roadmaps"),
    ("plans", "計画（題名・期間・将来像など）", "plans: titles, periods, visions"),
    ("public_catalogue", "公開ページの一覧に載る行", "lines in the public list of plans"),
    ("progress_settings", "報告のしかた（承認、根拠、古い値の月数）", "how the tenant reports: approval, evidence, age of figures"),
    ("record_periods", "記録の保存年限", "for how many years records are kept"),
    ("related_plans", "関連する計画", "related plans"),
    ("reorganisations", "組織改編の内容と取り下げ", "reorganisations of sections, withdrawn ones included"),
    ("report_comments", "報告への庁内のコメント", "what members said about reports"),
    ("report_decisions", "報告の承認・差戻し", "approvals and returns of reports"),
    ("report_drafts", "書きかけの報告", "reports that members are writing"),
    ("report_workbooks", "取り込みを待つ報告のExcel（1日で消える）", "workbooks of reports that wait to be imported, for a day"),
    ("reports", "実績と取組の報告（訂正の履歴を含む）", "reports of KPIs and initiatives, corrections included"),
    ("responsibilities", "指標・取組の担当課と期間", "sections responsible for KPIs and nodes, with their time"),
    ("reviews", "年度ごとの評価と改善（変更の履歴を含む）", "yearly reviews of KPIs and initiatives, earlier revisions included"),
    ("roadmap_cells", "ロードマップの記載", "labels of roadmaps"),
    ("rosters", "会議体", "bodies that meet and decide"),
    ("rounds", "報告期の日程と固定", "rounds of reporting: days and locks"),
    ("route_uses", "経路の使用と停止", "when routes were put out of use and back"),
    ("routes", "案件の経路（すべての版）", "routes of cases, all versions"),
    ("seats", "会議体の委員と任期", "seats of bodies, with their terms"),
    ("section_moves", "課・係の所属の変更", "where sections belonged, with the time"),
    ("section_successors", "組織改編の前後の課", "sections that followed others"),
    ("sections", "部・課・係と期間", "departments and sections, with their time"),
    ("share_grants", "都道府県に共有した指標", "KPIs shared with prefectures"),
    ("shares", "市町村から共有された指標", "KPIs that municipalities shared"),
    ("tenant_names", "団体の名前・コード・アドレスと期間", "names, codes and addresses of the tenant, with their time"),
    ("training_attendance", "研修会・情報発信の部署ごとの参加者数", "how many came to trainings from each section"),
    ("trainings", "研修会・情報発信", "trainings and information: what was held or sent out"),
];

/// A table in words: (Japanese, English); its bare name when nobody described it.
pub fn described(name: &str) -> (&str, &str) {
    TABLES.iter().find(|(table, ..)| *table == name).map_or((name, name), |(_, japanese, english)| (*japanese, *english))
}

/// What was put into an export.
pub struct Manifest<'a> {
    pub city: &'a str,
    pub code: &'a str,
    /// In Japan, `2026-11-22 15:00:00`.
    pub taken_at: &'a str,
    /// Table and number of its rows.
    pub tables: &'a [(Table, usize)],
    pub plans: &'a [String],
    pub editions: usize,
    pub files: usize,
}

impl Manifest<'_> {
    pub fn readme_ja(&self) -> String {
        let tables: String = (self.tables.iter())
            .map(|(table, rows)| format!("| tables/{0}.csv、tables/{0}.json | {1} | {rows} |\n", table.name, described(&table.name).0))
            .collect();
        let plans: String = self.plans.iter().map(|slug| format!("- plans/{slug}/ と editions/{slug}/\n")).collect();
        format!(
            "# {city}（団体コード {code}）の全データ\n\n\
             羅針から {taken_at}（日本時間）に取り出した、この団体のすべてのデータです。形の説明は docs/export.md にもあります。\n\n\
             ## 表\n\n\
             1つの表が、CSVとJSONの2つのファイルになっています。内容は同じです。\n\n\
             | ファイル | 内容 | 行数 |\n|-|-|-|\n{tables}\n\
             - CSVはUTF-8（BOM付き）、改行はCRLFで、Excelで開けます。1行目は列の名前です。空のセルは「値なし（null）」か空の文字です。違いはJSONで分かります。\n\
             - Excelが式として動かしてしまう文字（= + - @ など）で始まるセルの先頭には、アポストロフィ（'）が付きます。JSONには付きません。\n\
             - 3万文字を超えるセルはExcelに入らないため、CSVには「（JSONを参照）」と書き、全文はJSONにあります。\n\
             - JSONは行（オブジェクト）の配列です。小数は桁を保つため文字列です（\"86.0\"）。日時は時差を含みます。\n\n\
             ## 計画と版\n\n{plans}\n\
             - plans/ の下は計画フォルダです。表計算とテキストだけでできていて、羅針にそのまま取り込めます（docs/plan-format.md）。\n\
             - editions/ の下は公表した版（{editions}件）のJSONで、公開APIが返すものと同じです。取り下げた版も含みます。\n\n\
             ## ファイル\n\n\
             添付ファイルなど（{files}件）は files/表の名前/行のid/列の名前 にあります。表のセルには、このパスが書いてあります。\n\n\
             ## 含まないもの\n\n\
             パスワードのハッシュ、サインインの状態（セッション）、招待や再設定のリンクは、団体のデータではなく個人の認証情報なので含みません。\
             メールアドレスも個人のアカウントに属するため含みません。ほかの団体のデータは含みません。\n",
            city = self.city,
            code = self.code,
            taken_at = self.taken_at,
            editions = self.editions,
            files = self.files,
        )
    }

    pub fn readme(&self) -> String {
        let tables: String = (self.tables.iter())
            .map(|(table, rows)| format!("| tables/{0}.csv, tables/{0}.json | {1} | {rows} |\n", table.name, described(&table.name).1))
            .collect();
        let plans: String = self.plans.iter().map(|slug| format!("- plans/{slug}/ and editions/{slug}/\n")).collect();
        format!(
            "# All data of {city} (code {code})\n\n\
             Everything that Rashin keeps for this organisation, taken at {taken_at} (Japan). See also docs/export.md.\n\n\
             ## Tables\n\n\
             Each table is two files of the same content.\n\n\
             | files | content | rows |\n|-|-|-|\n{tables}\n\
             - CSV: UTF-8 with BOM, CRLF, first line the names of the columns. An empty cell is null or an empty text; the JSON tells which.\n\
             - A CSV cell that a spreadsheet would run as a formula (it begins with = + - @ and the like) is led by an apostrophe. JSON is as stored.\n\
             - A cell of more than 30,000 characters does not fit into Excel: the CSV says 「（JSONを参照）」, the JSON has it all.\n\
             - JSON: an array of rows (objects). Decimals are strings, so that their digits stay (\"86.0\"). Times carry their offset.\n\n\
             ## Plans and editions\n\n{plans}\n\
             - Under plans/: plan folders, tables and text that Rashin reads back as they are (docs/plan-format.md).\n\
             - Under editions/: the {editions} published editions as JSON, as the public API sends them, withdrawn ones included.\n\n\
             ## Files\n\n\
             Attachments and other bytes ({files}) are at files/<table>/<id of the row>/<column>. The cell of the table holds that path.\n\n\
             ## What is not here\n\n\
             Password hashes, sessions and one-time links: they are credentials of people, not data of the organisation. \
             E-mail addresses belong to people's accounts, too. Nothing of other organisations.\n",
            city = self.city,
            code = self.code,
            taken_at = self.taken_at,
            editions = self.editions,
            files = self.files,
        )
    }
}
