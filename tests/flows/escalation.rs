//! Nobody answers: who is told next, in their time and once. Time stands until a story moves it.

use std::collections::BTreeSet;
use std::sync::Arc;

use sos_core::access::{self, Officer};
use sos_core::cover::{Every, Layer, Plan, Policy, PolicyStep, Rota, RotaId, Target, Turns, unset};
use sos_core::lifecycle::Command;
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::cover::{
    ChannelKind, EscalationView, NotificationState, NotificationView, Reach, Recipient, StepTaken,
};
use sos_protocol::http::{Transfer, WithReason};
use sos_protocol::{CaseEvent, CaseId, DeskId, StaffId, Stage, UnixMs};
use sos_server::cases::{Cases, Changing, rang};
use sos_server::dispatch::Dispatch;
use sos_server::pseudonyms::Pseudonyms;
use sos_tests::phone::{alert, new_id};
use sos_tests::service::STAFF;
use sos_tests::{Phone, Service, log, until};
use sqlx::postgres::PgConnection;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use uuid::Uuid;

const TAIPEI: (f64, f64) = (25.0478, 121.517);
const S: i64 = 1_000;
/// A console that is connected from now on, whatever the clock does.
const ALWAYS: i64 = 9_000_000_000_000;

fn staff(login: &str) -> StaffId {
    StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, login.as_bytes()))
}

fn officer(login: &str) -> Target {
    Target::Staff { staff: staff(login) }
}

fn step(delay_s: u32, targets: &[Target]) -> PolicyStep {
    PolicyStep { delay_s, targets: targets.to_vec() }
}

fn policy(steps: Vec<PolicyStep>) -> Policy {
    let common = Plan { steps, repeats: 0 };
    Policy { common, ..unset("tw-taipei".into(), "ministry".into()) }
}

/// Consoles at once, then those who answer for the desk, then the ministry; twice more.
fn prompt() -> Policy {
    let common = Plan {
        steps: vec![
            step(0, &[Target::Consoles]),
            step(30, &[Target::Supervisors]),
            step(30, &[Target::Desk { desk: "ministry".into() }]),
        ],
        repeats: 2,
    };
    Policy { common, ..policy(vec![]) }
}

/// A service with a clock that stands.
struct Story {
    service: Service,
    clock: Arc<ManualClock>,
}

impl Story {
    async fn begins() -> Self {
        Self::begins_at(SystemClock::new().now()).await
    }

    async fn begins_at(now: UnixMs) -> Self {
        let clock = ManualClock::at(now);
        let service = Service::start_with(clock.clone()).await;
        Self { service, clock }
    }

    async fn run(&self, sql: &'static str, bind: impl FnOnce(Query<'static>) -> Query<'static>) {
        run(&self.service, sql, bind).await;
    }

    /// Somebody who can be told away from the console.
    async fn has_phone(&self, login: &str) {
        const SQL: &str = "INSERT INTO staff_channels VALUES ($1, $2, 'web', '', $1, '', 0)";
        self.run(SQL, |sql| sql.bind(new_id()).bind(staff(login).0)).await;
    }

    /// Somebody whose console is connected.
    async fn comes(&self, login: &str, desk: &'static str) {
        comes(&self.service, login, desk).await;
    }

    async fn leaves(&self, login: &str) {
        const SQL: &str = "UPDATE shifts SET ended_ms = $2 WHERE staff_id = $1";
        self.run(SQL, |sql| sql.bind(staff(login).0).bind(self.clock.now().0)).await;
    }

    async fn goes_by(&self, policy: &Policy) {
        goes_by(&self.service, policy).await;
    }

    async fn press(&self) -> CaseId {
        press(&self.service).await
    }

    /// Lets time pass, and whatever is due in it.
    async fn passes(&self, ms: i64) {
        self.clock.advance_ms(ms);
        self.settles().await;
    }

    /// Waits until everything is followed and nothing is due.
    async fn settles(&self) {
        settles(&self.service).await;
    }

    /// The steps of a case so far: number and who is told.
    async fn told(&self, case: CaseId) -> Vec<(u8, Vec<String>)> {
        self.settles().await;
        taken(&self.service, case).await.iter().map(|step| (step.step, names(step))).collect()
    }

    /// Does what has no address of its own.
    async fn command(&self, login: &str, case: CaseId, command: Command) {
        let (_, _, role, desk) = STAFF.into_iter().find(|account| account.0 == login).expect("an account");
        let who = access::Officer { id: staff(login), role, desk: desk.map(DeskId::from), names: true };
        command_on(&self.service, &who, case, command).await;
    }
}

type Query<'a> = sqlx::query::Query<'a, sqlx::Postgres, sqlx::postgres::PgArguments>;

async fn run(service: &Service, sql: &'static str, bind: impl FnOnce(Query<'static>) -> Query<'static>) {
    let mut conn = service.db.acquire().await.expect("a connection");
    scoped(&mut conn).await;
    bind(sqlx::query(sql)).execute(&mut *conn).await.expect("done");
}

async fn scoped(conn: &mut PgConnection) {
    sqlx::query("SET sos.scope = '*'").execute(conn).await.expect("a scope");
}

async fn comes(service: &Service, login: &str, desk: &'static str) {
    const SQL: &str = "INSERT INTO shifts (staff_id, desk_id, started_ms, seen_ms) VALUES ($1, $2, $3, $4)";
    let now = service.clock.now().0;
    run(service, SQL, |sql| sql.bind(staff(login).0).bind(desk).bind(now).bind(ALWAYS)).await;
    let attended = "SELECT cardinality(attended)::bigint FROM escalation_cursor";
    let at_desks = "SELECT count(DISTINCT desk_id) FROM shifts WHERE ended_ms IS NULL";
    until("the follower knows", async || {
        (service.count(attended).await == service.count(at_desks).await).then_some(())
    })
    .await;
}

async fn goes_by(service: &Service, policy: &Policy) {
    const SQL: &str = "INSERT INTO policies VALUES ($1, 1, $2)
        ON CONFLICT (desk_id) DO UPDATE SET version = policies.version + 1, policy = excluded.policy";
    let json = serde_json::to_value(policy).expect("JSON");
    let desk = policy.desk.to_string();
    run(service, SQL, |sql| sql.bind(desk).bind(json)).await;
}

async fn press(service: &Service) -> CaseId {
    let mut phone = Phone::connect(service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case")
}

async fn settles(service: &Service) {
    until("nothing is left to do", async || {
        const SQL: &str =
            "SELECT (SELECT count(*) FROM escalation_cursor c, ledger_head h WHERE c.seq < h.seq)
            + (SELECT count(*) FROM escalations WHERE due_ms <= $1)";
        let mut conn = service.db.acquire().await.expect("a connection");
        let left: i64 = sqlx::query_scalar(SQL)
            .bind(service.clock.now().0)
            .fetch_one(&mut *conn)
            .await
            .expect("a number");
        (left == 0).then_some(())
    })
    .await;
}

async fn taken(service: &Service, case: CaseId) -> Vec<StepTaken> {
    let timeline = service.store.timeline(case).await.expect("a timeline");
    let steps = timeline.into_iter().filter_map(|entry| match entry.event {
        CaseEvent::Escalated { step } => Some(step),
        _ => None,
    });
    steps.collect()
}

fn names(step: &StepTaken) -> Vec<String> {
    let mut names: Vec<String> = step
        .told
        .iter()
        .map(|told| match told {
            Recipient::Staff { name, personal: true, .. } => name.clone(),
            Recipient::Staff { name, personal: false, .. } => format!("{name} (console)"),
            Recipient::Desk { desk_id } => desk_id.to_string(),
            Recipient::Webhook { name, .. } => name.clone(),
        })
        .collect();
    names.sort();
    names
}

fn told(step: u8, names: &[&str]) -> (u8, Vec<String>) {
    (step, names.iter().map(|name| (*name).to_owned()).collect())
}

async fn command_on(service: &Service, who: &Officer, case: CaseId, command: Command) {
    let dispatch = Arc::new(Dispatch::new(service.config.home_country).expect("a map"));
    let (rang, _waiting) = rang::way();
    let changing = Changing::new(service.store.clone(), service.clock.clone());
    let changing = (changing, Handle::current(), rang);
    let cases = Cases::new(
        service.store.clone(),
        changing,
        dispatch,
        Arc::new(Notify::new()),
        (Pseudonyms::new(&service.config.secret), service.clock.clone()),
    );
    cases.command(who, case, None, command).await.expect("done");
}

/// Nobody was told of a step twice by one channel, and no step stands in the ledger twice.
async fn is_told_once(service: &Service) {
    const NOTED: &str = "SELECT count(*) - count(DISTINCT (cause, staff_id, webhook_id, channel, channel_id))
        FROM notifications";
    const TAKEN: &str = "SELECT count(*) - count(DISTINCT (case_id, facts::jsonb->'step'->'run',
        facts::jsonb->'step'->'round', facts::jsonb->'step'->'step')) FROM ledger WHERE kind = 'escalated'";
    assert_eq!((service.count(NOTED).await, service.count(TAKEN).await), (0, 0));
    assert!(service.store.verify_ledger().await.expect("a ledger").is_ok());
}

#[tokio::test]
async fn with_nobody_signed_in_the_supervisor_is_told_at_once_and_then_the_ministry() {
    let story = Story::begins().await;
    story.has_phone("duc").await;
    story.has_phone("bo").await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(2, &["Đức"])]);
    story.passes(30 * S - 1).await;
    assert_eq!(story.told(case).await.len(), 1);
    story.passes(1).await;
    assert_eq!(story.told(case).await[1..], [told(3, &["Bộ", "ministry"])]);
    // At the console as well, should they come: each by each channel once.
    let duty = story.service.officer("bo").await;
    let view: EscalationView = duty.get(&format!("/api/cases/{case}/escalation")).await;
    let by: BTreeSet<_> = view.notifications.iter().map(|told| (told.to.as_str(), told.channel)).collect();
    let both = |name| [(name, ChannelKind::Console), (name, ChannelKind::Web)];
    assert_eq!(by, [both("Đức"), both("Bộ")].concat().into_iter().collect());
    // Round after round, and then again and again.
    for _ in 0..8 {
        story.passes(60 * S).await;
    }
    let steps = taken(&story.service, case).await;
    assert!(steps.len() >= 8 && steps.last().unwrap().is_past_repeats, "{steps:?}");
    is_told_once(&story.service).await;
}

#[tokio::test]
async fn with_nobody_at_all_it_says_so_and_is_shown_to_the_ministry() {
    let story = Story::begins().await;
    let case = story.press().await;
    assert_eq!(story.told(case).await.len(), 1);
    let step = taken(&story.service, case).await.remove(0);
    assert_eq!((step.reach, names(&step)), (Reach::Nobody, vec!["ministry".to_owned()]));
    let seen = story.service.officer("bo").await.detail(case).await.case;
    assert!(seen.nobody_told && seen.watchers.contains(&"ministry".into()), "{seen:?}");
    assert!(log::so_far().contains("NOBODY CAN BE TOLD"));
    // Somebody can be told since: the next round finds out.
    story.has_phone("duc").await;
    story.passes(60 * S).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Đức"])]);
}

#[tokio::test]
async fn claimed_and_then_silent_for_ten_minutes_it_rings_again_for_its_owner_first() {
    let story = Story::begins().await;
    story.goes_by(&prompt()).await;
    story.comes("lan", "tw-taipei").await;
    let lan = story.service.officer("lan").await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(1, &["Lan (console)"])]);
    lan.claim(case, 1).await.unwrap();
    story.passes(300 * S).await;
    let view: EscalationView = lan.get(&format!("/api/cases/{case}/escalation")).await;
    assert!(view.is_watch && view.next_due_ms == Some(story.clock.now().plus_ms(300 * S)), "{view:?}");
    story.passes(300 * S - 1).await;
    assert!(story.told(case).await.len() == 1 && !lan.detail(case).await.case.ringing);
    story.passes(1).await;
    assert_eq!(story.told(case).await[1..], [told(0, &["Lan (console)"])]);
    assert!(lan.detail(case).await.case.ringing);
    story.passes(30 * S).await;
    assert_eq!(story.told(case).await[2..], [told(1, &["Lan (console)"])]);
    // The owner looks: it is silent again.
    lan.command(case, "seen", &()).await.unwrap();
    story.passes(500 * S).await;
    assert!(story.told(case).await.len() == 3 && !lan.detail(case).await.case.ringing);
    is_told_once(&story.service).await;
}

#[tokio::test]
async fn a_claim_stops_it_also_where_nobody_has_followed_the_claim_yet() {
    let story = Story::begins().await;
    story.has_phone("duc").await;
    story.goes_by(&policy(vec![step(0, &[officer("duc")]), step(30, &[officer("duc")])])).await;
    let (claimed, control) = (story.press().await, story.press().await);
    story.settles().await;
    // Whoever follows the ledger stands still from here on.
    let mut holder = story.service.db.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM escalation_cursor FOR UPDATE").execute(&mut *holder).await.unwrap();
    story.service.officer("lan").await.claim(claimed, 1).await.unwrap();
    story.clock.advance_ms(30 * S);
    until("the other one's step is taken", async || {
        (taken(&story.service, control).await.len() == 2).then_some(())
    })
    .await;
    assert_eq!(taken(&story.service, claimed).await.len(), 1);
    holder.rollback().await.unwrap();
    story.passes(0).await;
    assert_eq!(story.told(claimed).await.len(), 1);
    story.passes(500 * S).await;
    assert_eq!(story.told(claimed).await.len(), 1);
}

#[tokio::test]
async fn a_rota_means_whoever_is_on_call_when_the_step_comes() {
    // 2026-11-23, half a minute before the handover.
    let story = Story::begins_at(UnixMs(1_795_392_000_000 + 8 * 3_600 * S - 30 * S)).await;
    story.has_phone("lan").await;
    story.has_phone("minh").await;
    let turns = Turns::InTurn {
        staff: vec![staff("lan"), staff("minh")],
        every: Every::Days(1),
        handover: "08:00".parse().unwrap(),
    };
    let rota = Rota {
        id: RotaId(new_id()),
        desk: "tw-taipei".into(),
        name: "Trực đêm".into(),
        time_zone: "UTC".into(),
        layers: vec![Layer { valid_from: "2026-11-22".parse().unwrap(), valid_until: None, turns }],
        overrides: vec![],
    };
    const SQL: &str = "INSERT INTO rotas VALUES ($1, 'tw-taipei', 1, $2)";
    let json = serde_json::to_value(&rota).unwrap();
    story.run(SQL, |sql| sql.bind(rota.id.0).bind(json)).await;
    let on_call = [Target::OnCall { rota: rota.id }];
    story.goes_by(&policy(vec![step(0, &on_call), step(60, &on_call)])).await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(1, &["Lan"])]);
    story.passes(60 * S).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Minh"])]);
}

#[tokio::test]
async fn a_policy_that_is_edited_holds_from_the_next_run_on() {
    let story = Story::begins().await;
    story.has_phone("minh").await;
    story.has_phone("duc").await;
    story.goes_by(&policy(vec![step(0, &[officer("minh")]), step(60, &[officer("minh")])])).await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(1, &["Minh"])]);
    story.goes_by(&policy(vec![step(0, &[officer("duc")])])).await;
    story.passes(60 * S).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Minh"])]);
    let lan = story.service.officer("lan").await;
    lan.claim(case, 1).await.unwrap();
    let back = WithReason { version: 2, reason: None };
    lan.command(case, "release", &back).await.unwrap();
    assert_eq!(story.told(case).await[2..], [told(1, &["Đức"])]);
    is_told_once(&story.service).await;
}

#[tokio::test]
async fn a_step_that_nobody_is_behind_does_not_wait() {
    let story = Story::begins().await;
    story.has_phone("duc").await;
    let nobody = [officer("tri"), Target::OnCall { rota: RotaId(new_id()) }];
    let steps = vec![step(0, &nobody), step(3_600, &[Target::Consoles]), step(600, &[officer("duc")])];
    story.goes_by(&policy(steps)).await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(3, &["Đức"])]);
}

#[tokio::test]
async fn when_the_last_one_leaves_the_next_step_does_not_wait() {
    let story = Story::begins().await;
    story.goes_by(&prompt()).await;
    story.has_phone("duc").await;
    story.comes("lan", "tw-taipei").await;
    story.comes("minh", "tw-taipei").await;
    let case = story.press().await;
    assert_eq!(story.told(case).await, [told(1, &["Lan (console)", "Minh (console)"])]);
    story.leaves("lan").await;
    story.passes(5 * S).await;
    assert_eq!(story.told(case).await.len(), 1);
    story.leaves("minh").await;
    until("Đức is told", async || (taken(&story.service, case).await.len() == 2).then_some(())).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Đức"])]);
    // Once, not step after step.
    story.passes(29 * S).await;
    assert_eq!(story.told(case).await.len(), 2);
}

#[tokio::test]
async fn an_offer_is_told_there_and_taken_it_goes_by_the_policy_of_that_desk() {
    let story = Story::begins().await;
    story.goes_by(&prompt()).await;
    story.has_phone("khanh").await;
    story.comes("lan", "tw-taipei").await;
    let lan = story.service.officer("lan").await;
    let case = story.press().await;
    assert_eq!(story.told(case).await.len(), 1);
    let offer = Transfer { version: 1, to: "jp-tokyo".into(), reason: None };
    lan.command(case, "transfer", &offer).await.unwrap();
    story.settles().await;
    // Nobody is signed in there: whoever answers for the desk is told.
    assert_eq!(direct(&story, case).await, ["Khánh by Console", "Khánh by Web"]);
    story.command("khanh", case, Command::Take).await;
    story.passes(300 * S).await;
    assert_eq!(story.told(case).await.len(), 1, "taken");
    story.command("khanh", case, Command::Release { reason: None }).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Khánh"])]);
}

#[tokio::test]
async fn whoever_is_asked_to_take_a_case_is_told_and_raised_it_goes_on_at_once() {
    let story = Story::begins().await;
    story.goes_by(&prompt()).await;
    story.has_phone("minh").await;
    story.has_phone("duc").await;
    story.comes("lan", "tw-taipei").await;
    let case = story.press().await;
    story.settles().await;
    let ask = Command::Assign { to: staff("minh"), name: "Minh".into() };
    story.command("lan", case, ask).await;
    story.settles().await;
    assert_eq!(direct(&story, case).await, ["Minh by Console", "Minh by Web"]);
    story.passes(2 * S).await;
    assert_eq!(story.told(case).await.len(), 1);
    story.command("lan", case, Command::Raise { reason: None }).await;
    assert_eq!(story.told(case).await[1..], [told(2, &["Đức"])]);
}

/// Who is told beside all steps.
async fn direct(story: &Story, case: CaseId) -> Vec<String> {
    let view = story.service.store.escalation_view(case).await.expect("there");
    let direct = view.notifications.iter().filter(|told| told.run == 0);
    let mut direct: Vec<String> = direct.map(|told| format!("{} by {:?}", told.to, told.channel)).collect();
    direct.sort();
    direct
}

#[tokio::test]
async fn a_console_says_what_it_showed_and_one_that_does_not_is_noted() {
    let story = Story::begins().await;
    story.goes_by(&prompt()).await;
    story.comes("lan", "tw-taipei").await;
    story.comes("minh", "tw-taipei").await;
    let (lan, hoa) = (story.service.officer("lan").await, story.service.officer("hoa").await);
    let case = story.press().await;
    story.settles().await;
    let of = async |name: &str| {
        let view: EscalationView = lan.get(&format!("/api/cases/{case}/escalation")).await;
        let told: Vec<NotificationView> =
            view.notifications.into_iter().filter(|told| told.to == name).collect();
        told
    };
    assert_eq!(of("Lan").await[0].state, NotificationState::Waiting);
    let shown = format!("/api/cases/{case}/told");
    assert_eq!(hoa.send("POST", &shown, None::<&()>).await.status(), 404, "not theirs to see");
    assert_eq!(lan.send("POST", &shown, None::<&()>).await.status(), 200);
    let told = of("Lan").await;
    assert_eq!(
        (told.len(), told[0].state, told[0].settled_at_ms),
        (1, NotificationState::Sent, Some(story.clock.now()))
    );
    assert_eq!(of("Minh").await[0].state, NotificationState::Waiting);
    lan.claim(case, 1).await.unwrap();
    story.passes(60 * S).await;
    let missed = until("given up", async || {
        of("Minh").await.into_iter().find(|told| told.state == NotificationState::Failed)
    });
    assert_eq!(missed.await.fault.as_deref(), Some("no_answer"));
    assert_eq!(of("Lan").await[0].state, NotificationState::Sent);
}

#[tokio::test]
async fn a_node_that_dies_between_taking_a_step_and_the_commit_leaves_it_to_be_taken_once() {
    let story = Story::begins().await;
    let other = story.service.another_node().await;
    story.has_phone("duc").await;
    story.goes_by(&policy(vec![step(0, &[officer("duc")]), step(30, &[officer("duc")])])).await;
    let case = story.press().await;
    story.settles().await;
    let mut holder = story.service.db.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM ledger_head FOR UPDATE").execute(&mut *holder).await.unwrap();
    story.clock.advance_ms(30 * S);
    // Whoever waits for the head has all but committed.
    const CUT: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%ledger_head FOR UPDATE'";
    until("a node is cut off", async || (story.service.count(CUT).await == 1).then_some(())).await;
    assert_eq!(taken(&story.service, case).await.len(), 1);
    assert_eq!(story.service.count("SELECT count(*) FROM notifications WHERE step = 2").await, 0);
    holder.rollback().await.unwrap();
    assert_eq!(story.told(case).await[1..], [told(2, &["Đức"])]);
    assert_eq!(story.service.count("SELECT count(*) FROM notifications WHERE step = 2").await, 2);
    is_told_once(&story.service).await;
    other.stop().await;
}

#[tokio::test]
async fn two_nodes_take_what_is_due_at_the_same_moment_once_and_one_goes_on_alone() {
    let story = Story::begins().await;
    let other = story.service.another_node().await;
    story.has_phone("duc").await;
    let mut cases = vec![];
    for _ in 0..25 {
        cases.push(story.press().await);
    }
    for round in 1..4 {
        story.settles().await;
        for case in &cases {
            assert_eq!(taken(&story.service, *case).await.len(), round);
        }
        story.clock.advance_ms(60 * S);
    }
    story.settles().await;
    other.stop().await;
    story.passes(60 * S).await;
    for case in cases {
        assert_eq!(taken(&story.service, case).await.len(), 5);
    }
    is_told_once(&story.service).await;
}

#[tokio::test]
async fn a_case_that_cannot_be_read_holds_up_no_other() {
    let story = Story::begins().await;
    story.comes("lan", "tw-taipei").await;
    story.has_phone("hoa").await;
    story.goes_by(&prompt()).await;
    let (broken, whole) = (story.press().await, story.press().await);
    story.settles().await;
    story.run("UPDATE cases SET routing = '1' WHERE case_id = $1", |sql| sql.bind(broken.0)).await;
    story.passes(31 * S).await;
    assert_eq!(taken(&story.service, whole).await.len(), 2);
    assert_eq!(taken(&story.service, broken).await.len(), 1);
    assert!(log::so_far().contains("A CASE CANNOT BE READ"));
}

#[tokio::test]
async fn a_case_that_cannot_be_read_when_it_is_followed_begins_once_it_can() {
    let story = Story::begins().await;
    story.comes("lan", "tw-taipei").await;
    story.goes_by(&prompt()).await;
    let mut hangs = story.service.db.begin().await.unwrap();
    sqlx::query("SELECT seq FROM escalation_cursor FOR UPDATE").execute(&mut *hangs).await.unwrap();
    let case = story.press().await;
    const SQL: &str = "UPDATE cases SET summary = routing::text, routing = '1' WHERE case_id = $1";
    story.run(SQL, |sql| sql.bind(case.0)).await;
    hangs.rollback().await.unwrap();
    let followed = "SELECT count(*) FROM escalation_cursor c JOIN ledger_head h ON c.seq = h.seq";
    until("it is followed", async || (story.service.count(followed).await == 1).then_some(())).await;
    const MENDED: &str = "UPDATE cases SET routing = summary::jsonb, summary = NULL WHERE case_id = $1";
    story.run(MENDED, |sql| sql.bind(case.0)).await;
    story.clock.advance_ms(61 * S);
    until("its first step is taken", async || (!taken(&story.service, case).await.is_empty()).then_some(()))
        .await;
}

#[tokio::test]
async fn many() {
    const CASES: usize = 1_000;
    let service = Service::start().await;
    comes(&service, "lan", "tw-taipei").await;
    goes_by(&service, &policy(vec![step(3_600, &[Target::Consoles])])).await;
    for _ in 0..CASES / 50 {
        let presses = (0..50).map(|_| {
            let press = serde_json::json!({ "alert": alert(Some(TAIPEI)) });
            service.post("/api/alerts", press.to_string())
        });
        assert!(futures_util::future::join_all(presses).await.iter().all(|answer| answer.status() == 200));
    }
    let followed = "SELECT count(*) FROM escalations WHERE due_ms IS NOT NULL";
    until("all followed", async || (service.count(followed).await == CASES as i64).then_some(())).await;
    let due = service.clock.now().plus_ms(2 * S);
    const SQL: &str =
        "UPDATE escalations SET due_ms = $1, state = jsonb_set(state, '{due}', to_jsonb($1::bigint))";
    run(&service, SQL, |sql| sql.bind(due.0)).await;
    let taken = "SELECT count(*) FROM ledger WHERE kind = 'escalated'";
    until("all told", async || (service.count(taken).await == CASES as i64).then_some(())).await;
    let seen = service.clock.now().since_ms(due);
    let last = service.count("SELECT max(at_ms) FROM ledger WHERE kind = 'escalated'").await - due.0;
    println!(
        "{CASES} steps due at one moment: the last one taken after {last} ms, seen on record after {seen} ms"
    );
    is_told_once(&service).await;
    assert_eq!(service.count("SELECT count(*) FROM notifications").await, CASES as i64);
}
