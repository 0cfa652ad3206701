//! The figures once more, each by a few lines of SQL straight over the ledger.

use serde_json::{Map, Value, json};
use sos_protocol::figures::{FigureCasesQuery, FigureGroup, FigureOf, FiguresQuery};
use sos_tests::Service;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres};

/// What entries up to $1 say of each case.
const SAID: &str = r"
CREATE TEMP TABLE said AS
SELECT o.case_id, f.*, l.*, s.*, e.*
FROM ledger o
CROSS JOIN LATERAL (
    SELECT (j->>'received_at_ms')::bigint AS opened, coalesce((j->>'drill')::boolean, false) AS drill,
           j ? 'unverified' AS unverified, (j->>'waited_ms')::bigint AS waited,
           (j->>'claim_due_ms')::bigint AS due, j->'routing'->>'country' AS country
    FROM (SELECT o.facts::jsonb AS j) x) f
CROSS JOIN LATERAL (
    SELECT (array_agg(desk_id ORDER BY seq DESC))[1] AS desk,
           (array_agg(facts::jsonb->>'emergency' ORDER BY seq DESC)
                FILTER (WHERE facts::jsonb ? 'emergency'))[1] AS kind,
           min(at_ms) FILTER (WHERE kind = 'rang') AS rang,
           min(at_ms) FILTER (WHERE kind = 'claimed') AS claimed,
           coalesce(bool_or(kind IN ('seen', 'claimed')), false) AS seen,
           coalesce(bool_or(kind = 'transferred'), false) AS transferred,
           count(*) FILTER (WHERE kind = 'escalated') AS steps,
           count(*) FILTER (WHERE facts::jsonb->'step'->>'reach' = 'targets') AS steps_targets,
           count(*) FILTER (WHERE facts::jsonb->'step'->>'reach' = 'ministry') AS steps_ministry,
           count(*) FILTER (WHERE facts::jsonb->'step'->>'reach' = 'nobody') AS steps_nobody,
           coalesce(max(seq) FILTER (WHERE kind = 'claimed') > min(seq) FILTER (WHERE kind = 'escalated'),
                    false) AS claimed_after
    FROM ledger l WHERE l.case_id = o.case_id AND l.seq <= $1) l
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(kind <> 'closed' AND before = 'closed'), false) AS reopened
    FROM (SELECT kind, lag(kind) OVER (ORDER BY seq) AS before FROM ledger l
          WHERE l.case_id = o.case_id AND l.seq <= $1 AND kind IN ('closed', 'reopened', 'duress')) x) s
LEFT JOIN LATERAL (
    SELECT CASE kind WHEN 'closed' THEN at_ms WHEN 'cancelled' THEN at_ms END AS closed,
           CASE kind WHEN 'closed' THEN facts::jsonb->>'disposition' WHEN 'cancelled' THEN 'test' END AS disposition
    FROM ledger l WHERE l.case_id = o.case_id AND l.seq <= $1
      AND (kind IN ('closed', 'reopened', 'duress') OR kind = 'cancelled' AND f.drill)
    ORDER BY seq DESC LIMIT 1) e ON true
WHERE o.kind = 'opened' AND o.seq <= $1";

type Db = PoolConnection<Postgres>;

async fn run(db: &mut Db, sql: String) {
    sqlx::query(AssertSqlSafe(sql)).execute(&mut **db).await.expect("it runs");
}

async fn ask(db: &mut Db, sql: &str) -> Value {
    let answer: Option<Value> =
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut **db).await.expect(sql);
    answer.unwrap_or(json!([]))
}

/// What fits `query`: `cases` without drills, `drills`.
async fn choose(db: &mut Db, query: &FiguresQuery) {
    let FiguresQuery { from, to, zone, .. } = query;
    let mut fits = format!("day BETWEEN '{from}' AND '{to}'");
    if let Some(desk) = &query.desk {
        fits += &format!(" AND desk = '{desk}'");
    }
    if let Some(country) = &query.country {
        fits += &format!(" AND country = '{country}'");
    }
    if let Some(kind) = &query.kind {
        fits += &format!(" AND kind = {}", word(kind));
    }
    if let Some(disposition) = &query.disposition {
        fits += &format!(" AND disposition = {}", word(disposition));
    }
    run(db, "DROP TABLE IF EXISTS cases_ CASCADE".to_owned()).await;
    let local = format!("to_timestamp(opened / 1000.0) AT TIME ZONE '{zone}'");
    run(
        db,
        format!(
            "CREATE TEMP TABLE cases_ AS SELECT * FROM (SELECT *, {local} AS local, ({local})::date AS day FROM said) x
             WHERE {fits}"
        ),
    )
    .await;
    run(db, "CREATE TEMP VIEW fit AS SELECT * FROM cases_ WHERE NOT drill".to_owned()).await;
    run(db, "CREATE TEMP VIEW drills AS SELECT * FROM cases_ WHERE drill".to_owned()).await;
}

fn word(word: &impl serde::Serialize) -> String {
    serde_json::to_value(word)
        .expect("as it was set up")
        .as_str()
        .map(|word| format!("'{word}'"))
        .expect("as it was set up")
}

const CLAIM: &str = "claimed - opened";

/// A time, over the rows of a group.
fn took(time: &str) -> String {
    format!(
        "jsonb_strip_nulls(jsonb_build_object('over', count({time}), 'without', count(*) - count({time}),
            'p50_ms', percentile_disc(0.5) WITHIN GROUP (ORDER BY {time}),
            'p90_ms', percentile_disc(0.9) WITHIN GROUP (ORDER BY {time}),
            'p95_ms', percentile_disc(0.95) WITHIN GROUP (ORDER BY {time})))"
    )
}

/// Those of which `is_so` holds, of those in the group of which `of` does.
fn part(is_so: &str, of: &str) -> String {
    format!(
        "jsonb_build_object('cases', count(*) FILTER (WHERE {is_so}), 'over', count(*) FILTER (WHERE {of}))"
    )
}

const TARGETS: &str = r#"'[{"within_s": 15, "wanted_pct": 90}, {"within_s": 20, "wanted_pct": 95}]'::jsonb"#;

/// The targets `targets` over `cases`.
fn reached(targets: &str, cases: &str) -> String {
    format!(
        "(SELECT jsonb_agg(t || jsonb_build_object('reached', (SELECT {} FROM {cases})) ORDER BY n)
          FROM jsonb_array_elements({targets}) WITH ORDINALITY AS t(t, n))",
        part("claimed - opened <= (t->>'within_s')::bigint * 1000", "true")
    )
}

fn groups(column: &str, name: &str, more: &str) -> String {
    format!(
        "SELECT jsonb_agg(jsonb_strip_nulls(g) ORDER BY (g->>'cases')::int DESC, g->>'{name}' COLLATE \"C\" NULLS LAST)
         FROM (SELECT jsonb_build_object('{name}', {column}, 'cases', count(*){more}) AS g FROM fit GROUP BY {column}) x"
    )
}

fn of_desks() -> String {
    let more = [
        ("claim", took(CLAIM)),
        ("close", took("closed - opened")),
        ("on_time", part("claimed <= due", "true")),
        ("escalated", part("steps > 0", "true")),
    ];
    let more: String = more.iter().map(|(name, sql)| format!(", '{name}', {sql}")).collect();
    let targets =
        reached(&format!("coalesce(d.answer_targets, {TARGETS})"), "fit c WHERE c.desk = d.desk_id");
    format!(
        "SELECT jsonb_agg(g || jsonb_build_object('name', d.name, 'targets', {targets})
                          ORDER BY (g->>'cases')::int DESC, d.desk_id COLLATE \"C\")
         FROM (SELECT desk, jsonb_build_object('desk_id', desk, 'cases', count(*){more}) AS g FROM fit GROUP BY desk) x
         JOIN desks d ON d.desk_id = desk"
    )
}

fn course(query: &FiguresQuery, unit: &str) -> String {
    let FiguresQuery { from, to, .. } = query;
    format!(
        "SELECT jsonb_agg(s ORDER BY begins) FROM (
            SELECT begins, jsonb_build_object('from', begins, 'opened', count(opened), 'closed', count(closed),
                'on_time', count(*) FILTER (WHERE claimed <= due)) AS s
            FROM (SELECT d::date AS day, greatest(date_trunc('{unit}', d)::date, '{from}'::date) AS begins
                  FROM generate_series('{from}'::timestamp, '{to}'::timestamp, '1 day') d) days
            LEFT JOIN fit USING (day) GROUP BY begins) x"
    )
}

fn escalations() -> String {
    format!(
        "SELECT jsonb_build_object('escalated', {}, 'steps', coalesce(sum(steps), 0),
            'reached_targets', coalesce(sum(steps_targets), 0), 'reached_ministry', coalesce(sum(steps_ministry), 0),
            'reached_nobody', coalesce(sum(steps_nobody), 0), 'claimed_after', count(*) FILTER (WHERE claimed_after))
         FROM fit",
        part("steps > 0", "true")
    )
}

fn clock(from: i32, to: i32, field: &str) -> String {
    format!(
        "SELECT jsonb_agg((SELECT count(*) FROM fit WHERE extract({field} FROM local) = n) ORDER BY n)
         FROM generate_series({from}, {to}) n"
    )
}

fn readiness() -> String {
    format!(
        "SELECT jsonb_build_object('claimed', {}, 'rang', {}, 'claim', {}) FROM drills",
        part("claimed IS NOT NULL", "true"),
        part("rang IS NOT NULL", "true"),
        took(CLAIM)
    )
}

/// Each figure with its few lines. `unit` is the length of the parts of the course.
fn figures(query: &FiguresQuery, unit: &str) -> Vec<(&'static str, String)> {
    let of = |what: String| format!("SELECT {what} FROM fit");
    let desk = query.desk.as_ref().map_or("null".to_owned(), |desk| format!("'{desk}'"));
    let targets = format!("coalesce((SELECT answer_targets FROM desks WHERE desk_id = {desk}), {TARGETS})");
    let times =
        [("receive", "waited"), ("ring", "rang - opened"), ("claim", CLAIM), ("close", "closed - opened")];
    let times: Vec<String> = times.iter().map(|(name, time)| format!("'{name}', {}", took(time))).collect();
    vec![
        ("cases", of("to_jsonb(count(*))".to_owned())),
        ("drills_left_out", "SELECT to_jsonb(count(*)) FROM drills".to_owned()),
        ("open", of("to_jsonb(count(*) FILTER (WHERE closed IS NULL))".to_owned())),
        ("course", course(query, unit)),
        ("times", of(format!("jsonb_build_object({})", times.join(", ")))),
        ("targets", format!("SELECT {}", reached(&targets, "fit"))),
        ("on_time", of(part("claimed <= due", "true"))),
        ("unseen", of(part("NOT seen", "true"))),
        ("unverified", of(part("unverified", "true"))),
        ("false_alarms", of(part("disposition = 'false_alarm'", "closed IS NOT NULL"))),
        ("transferred", of(part("transferred", "true"))),
        ("reopened", of(part("reopened", "true"))),
        ("escalations", escalations()),
        ("by_hour", clock(0, 23, "hour")),
        ("by_weekday", clock(1, 7, "isodow")),
        ("by_country", groups("country", "country", &format!(", 'claim', {}", took(CLAIM)))),
        ("by_desk", of_desks()),
        ("by_disposition", groups("disposition", "disposition", "")),
        ("by_kind", groups("kind", "kind", "")),
        ("readiness", readiness()),
    ]
}

/// Whatever the figures are counted by has no part in this.
pub(crate) struct BySql(Db);

impl BySql {
    /// What the ledger of `service` says up to `seq`.
    pub(crate) async fn up_to(service: &Service, seq: i64) -> Self {
        let mut db = service.db.acquire().await.expect("a connection");
        run(&mut db, "SET sos.scope = '*'".to_owned()).await;
        run(&mut db, "DROP TABLE IF EXISTS said CASCADE".to_owned()).await;
        run(&mut db, SAID.replace("$1", &seq.to_string())).await;
        Self(db)
    }

    /// Every figure of `query`.
    pub(crate) async fn figures(&mut self, query: &FiguresQuery, unit: &str) -> Map<String, Value> {
        choose(&mut self.0, query).await;
        let mut all = Map::new();
        for (name, sql) in figures(query, unit) {
            all.insert(name.to_owned(), ask(&mut self.0, &sql).await);
        }
        all
    }

    /// What `sql` says of the cases of the query before, which are in `fit`.
    pub(crate) async fn of_cases(&mut self, sql: &str) -> Value {
        ask(&mut self.0, sql).await
    }

    /// The ids of the cases behind a figure of the query before, the latest first.
    pub(crate) async fn behind(&mut self, wanted: &FigureCasesQuery, unit: &str) -> Vec<String> {
        let of = is_of(wanted.of, wanted.within_s);
        let line = wanted.group.as_ref().map_or("true".to_owned(), |group| in_line(group, unit));
        let from = if wanted.drills { "drills" } else { "fit" };
        let sql =
            format!("SELECT jsonb_agg(case_id ORDER BY opened DESC) FROM {from} WHERE ({of}) AND {line}");
        serde_json::from_value(ask(&mut self.0, &sql).await).expect("ids")
    }
}

fn is_of(of: FigureOf, within_s: Option<u32>) -> String {
    let within = || format!("claimed - opened <= {} * 1000", within_s.expect("with a target"));
    match of {
        FigureOf::Cases => "true",
        FigureOf::Open => "closed IS NULL",
        FigureOf::Closed => "closed IS NOT NULL",
        FigureOf::OnTime => "claimed <= due",
        FigureOf::NotOnTime => "(claimed <= due) IS NOT true",
        FigureOf::Within => return within(),
        FigureOf::NotWithin => return format!("({}) IS NOT true", within()),
        FigureOf::Received => "waited IS NOT NULL",
        FigureOf::NotReceived => "waited IS NULL",
        FigureOf::Rang => "rang IS NOT NULL",
        FigureOf::NotRung => "rang IS NULL",
        FigureOf::Claimed => "claimed IS NOT NULL",
        FigureOf::NotClaimed => "claimed IS NULL",
        FigureOf::Unseen => "NOT seen",
        FigureOf::Unverified => "unverified",
        FigureOf::FalseAlarms => "disposition = 'false_alarm'",
        FigureOf::Escalated => "steps > 0",
        FigureOf::ReachedTargets => "steps_targets > 0",
        FigureOf::ReachedMinistry => "steps_ministry > 0",
        FigureOf::ReachedNobody => "steps_nobody > 0",
        FigureOf::ClaimedAfter => "claimed_after",
        FigureOf::Transferred => "transferred",
        FigureOf::Reopened => "reopened",
    }
    .to_owned()
}

fn in_line(group: &FigureGroup, unit: &str) -> String {
    let is = |column: &str, value: Option<String>| {
        value.map_or(format!("{column} IS NULL"), |value| format!("{column} = {value}"))
    };
    match group {
        // The first part may begin later than its week or month.
        FigureGroup::Span { from } => {
            format!("date_trunc('{unit}', day) = date_trunc('{unit}', '{from}'::date)")
        }
        FigureGroup::Hour { hour } => format!("extract(hour FROM local) = {hour}"),
        FigureGroup::Weekday { weekday } => format!("extract(isodow FROM local) = {weekday} + 1"),
        FigureGroup::Country { country } => is("country", country.as_ref().map(word)),
        FigureGroup::Desk { desk_id } => is("desk", Some(format!("'{desk_id}'"))),
        FigureGroup::Kind { kind } => is("kind", kind.as_ref().map(word)),
        FigureGroup::Disposition { disposition } => is("disposition", disposition.as_ref().map(word)),
    }
}
