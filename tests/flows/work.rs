//! Work on cases: between officers and desks, with several cases, and what is found.

use sos_protocol::ambient::{Clock, Entropy, ManualClock, SystemClock, SystemEntropy};
use sos_protocol::case::WorkerProfile;
use sos_protocol::feed::{ConsoleFrame, FeedFrame};
use sos_protocol::http::{
    Assign, Batch, BatchAnswer, BatchCase, BatchCommand, Claim, Found, Link, Merge, PostAnswer, PostMessage,
    PostNote, Prioritise, Search, SetTags, Share, Surroundings, Transfer, WithReason,
};
use sos_protocol::limits::{BATCH_CASES_MAX, PRESENCE_GONE_S};
use sos_protocol::{
    CaseId, CaseState, CountryCode, Disposition, ErrorCode, GatewayFrame, MessageId, NoteId, Priority,
    StaffId, Stage, WorkerId,
};
use sos_tests::phone::new_id;
use sos_tests::{Feed, Key, Officer, Phone, PushServices, Service, until};
use uuid::Uuid;

const TAIPEI: (f64, f64) = (25.0478, 121.517);
const TOKYO: (f64, f64) = (35.68, 139.76);

fn staff(login: &str) -> StaffId {
    StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, login.as_bytes()))
}

async fn opened(service: &Service, place: (f64, f64)) -> (Phone, CaseId) {
    let mut phone = Phone::connect(service).await;
    let alert_id = phone.press(Some(place)).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("there");
    (phone, case)
}

fn offer(version: u32) -> Transfer {
    Transfer { version, to: "jp-tokyo".into(), reason: Some("Tàu đã sang Nhật".into()) }
}

#[tokio::test]
async fn an_officer_is_asked_and_takes_over_and_only_one_of_the_desk_can_be() {
    let service = Service::start().await;
    let (lan, minh) = (service.officer("lan").await, service.officer("minh").await);
    let (_phone, id) = opened(&service, TAIPEI).await;
    lan.claim(id, 1).await.unwrap();
    let ask = |version, login| Assign { version, to: staff(login) };
    for login in ["hoa", "tra", "nobody"] {
        let refused = lan.command(id, "assign", &ask(2, login)).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidField, "{login}");
    }
    let asked = lan.command(id, "assign", &ask(2, "minh")).await.unwrap();
    assert_eq!((asked.owner.unwrap().name, asked.assigned.unwrap().name), ("Lan".into(), "Minh".into()));
    let taken = minh.claim(id, 3).await.unwrap();
    assert_eq!((taken.owner.unwrap().name.as_str(), taken.assigned), ("Minh", None));
    assert_eq!(lan.command(id, "assign", &ask(4, "lan")).await.unwrap_err().code, ErrorCode::Forbidden);
    let hoa = service.officer("hoa").await;
    assert_eq!(hoa.command(id, "assign", &ask(4, "nobody")).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_transfer_is_declined_withdrawn_and_taken_and_both_desks_see_it_meanwhile() {
    let service = Service::start().await;
    let (lan, hoa, bo) =
        (service.officer("lan").await, service.officer("hoa").await, service.officer("bo").await);
    let (mut phone, id) = opened(&service, TAIPEI).await;
    lan.claim(id, 1).await.unwrap();
    let mut tokyo = hoa.feed(None).await;
    lan.command(id, "transfer", &offer(2)).await.unwrap();
    tokyo.event("offered").await;
    for officer in [&lan, &hoa] {
        let case = officer.detail(id).await.case;
        assert_eq!((case.desk_id.as_str(), case.owner.unwrap().name.as_str()), ("tw-taipei", "Lan"));
    }
    // The holder works on.
    let message = PostMessage { message_id: MessageId(new_id()), text: "Em ở yên đó".into() };
    lan.command(id, "messages", &message).await.unwrap();
    assert_eq!(hoa.command(id, "claim", &Claim { version: 3 }).await.unwrap_err().code, ErrorCode::Forbidden);

    let no = WithReason { version: 3, reason: Some("Đông quá".into()) };
    assert_eq!(hoa.command(id, "transfer/decline", &no).await.unwrap().offer, None);
    assert_eq!(
        hoa.command(id, "transfer/take", &Claim { version: 4 }).await.unwrap_err().code,
        ErrorCode::Forbidden
    );
    lan.command(id, "transfer", &offer(4)).await.unwrap();
    lan.command(id, "transfer/withdraw", &Claim { version: 5 }).await.unwrap();
    lan.command(id, "transfer", &offer(6)).await.unwrap();
    assert_eq!(
        hoa.command(id, "transfer/take", &Claim { version: 6 }).await.unwrap_err().code,
        ErrorCode::StaleVersion
    );
    let taken = hoa.command(id, "transfer/take", &Claim { version: 7 }).await.unwrap();
    assert_eq!((taken.desk_id.as_str(), taken.owner.unwrap().name.as_str()), ("jp-tokyo", "Hoa"));
    // A repeat, whose first answer was lost.
    hoa.command(id, "transfer/take", &Claim { version: 7 }).await.unwrap();
    assert!(lan.detail(id).await.case.watchers.contains(&"tw-taipei".into()), "it goes on seeing it");
    let by = phone.hear_until("Hoa has it", |frame| match frame {
        GatewayFrame::Receipt { receipt } if receipt.stage == Stage::Claimed => {
            receipt.by.clone().filter(|by| by == "Hoa")
        }
        _ => None,
    });
    by.await;

    // The ministry takes on behalf of a desk where nobody is.
    let (_phone, other) = opened(&service, TAIPEI).await;
    lan.command(other, "transfer", &offer(1)).await.unwrap();
    let taken = bo.command(other, "transfer/take", &Claim { version: 2 }).await.unwrap();
    assert_eq!((taken.desk_id.as_str(), taken.owner.unwrap().name.as_str()), ("jp-tokyo", "Bộ"));
}

#[tokio::test]
async fn a_case_is_shared_to_look_or_to_help() {
    let service = Service::start().await;
    let (lan, hoa) = (service.officer("lan").await, service.officer("hoa").await);
    let (_phone, id) = opened(&service, TAIPEI).await;
    let note = || PostNote { note_id: NoteId(new_id()), text: "Đã gọi chủ".into() };
    assert_eq!(hoa.command(id, "notes", &note()).await.unwrap_err().code, ErrorCode::NotFound);
    let share = |desk: &str, help| Share { desk: desk.into(), help, reason: None };
    let nowhere = lan.command(id, "share", &share("xx-nowhere", false)).await.unwrap_err();
    assert_eq!(nowhere.code, ErrorCode::InvalidField);
    lan.command(id, "share", &share("jp-tokyo", false)).await.unwrap();
    assert_eq!(hoa.command(id, "notes", &note()).await.unwrap_err().code, ErrorCode::Forbidden);
    let shared = lan.command(id, "share", &share("jp-tokyo", true)).await.unwrap();
    assert_eq!(shared.helpers, ["jp-tokyo".into()]);
    hoa.command(id, "notes", &note()).await.unwrap();
    hoa.command(id, "tags", &SetTags { tags: vec![" Xe  tải ".into(), "Xe tải".into()] }).await.unwrap();
    assert_eq!(hoa.claim(id, 1).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(lan.detail(id).await.case.tags, ["Xe tải"]);
}

#[tokio::test]
async fn urgency_answers_and_raising_are_on_record() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (_phone, id) = opened(&service, TAIPEI).await;
    let set = |to| Prioritise { version: 1, to, reason: Some("Đã ổn".into()) };
    assert_eq!(lan.command(id, "priority", &set(Priority::P2)).await.unwrap().priority, Priority::P2);
    let answer = PostAnswer { question: "injured".into(), text: "Không".into() };
    lan.command(id, "answers", &answer).await.unwrap();
    let raise = WithReason { version: 77, reason: None };
    lan.command(id, "raise", &raise).await.unwrap();
    let many = SetTags { tags: (0..11).map(|n| n.to_string()).collect() };
    assert_eq!(lan.command(id, "tags", &many).await.unwrap_err().code, ErrorCode::TooMany);
    let kinds: Vec<&str> = lan.history(id).await.iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["opened", "prioritised", "answered", "raised"]);
}

#[tokio::test]
async fn two_cases_are_linked_and_merged_with_an_entry_in_both() {
    let service = Service::start().await;
    let (lan, hoa) = (service.officer("lan").await, service.officer("hoa").await);
    let ((_a, one), (_b, two), (_c, far)) =
        (opened(&service, TAIPEI).await, opened(&service, TAIPEI).await, opened(&service, TOKYO).await);
    let link = |case_id| Link { case_id };
    // Both ways at once: nobody waits for ever.
    let (here, there) = (link(two), link(one));
    let (first, second) = tokio::join!(lan.command(one, "links", &here), lan.command(two, "links", &there));
    assert_eq!((first.unwrap().links, second.unwrap().links), (vec![two], vec![one]));
    lan.command(one, "unlink", &link(two)).await.unwrap();
    assert!(lan.detail(two).await.case.links.is_empty());
    assert_eq!(lan.command(one, "links", &link(far)).await.unwrap_err().code, ErrorCode::InvalidField);
    assert_eq!(hoa.command(one, "links", &link(far)).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(lan.command(one, "links", &link(one)).await.unwrap_err().code, ErrorCode::IllegalTransition);

    let merge = |version, into| Merge { version, into, summary: "Cùng một vụ".into() };
    assert_eq!(lan.command(one, "merge", &merge(9, two)).await.unwrap_err().code, ErrorCode::StaleVersion);
    let merged = lan.command(one, "merge", &merge(1, two)).await.unwrap();
    assert_eq!(
        (merged.state, merged.closing.unwrap().disposition),
        (CaseState::Closed, Disposition::Duplicate)
    );
    let goes_on = lan.detail(two).await;
    assert_eq!((goes_on.case.state, goes_on.case.links), (CaseState::Open, vec![one]));
    assert_eq!(goes_on.timeline.last().unwrap().event.kind(), "linked");
    assert_eq!(
        lan.command(two, "merge", &merge(1, one)).await.unwrap_err().code,
        ErrorCode::IllegalTransition
    );
}

async fn batch(officer: &Officer, cases: Vec<BatchCase>, command: BatchCommand) -> BatchAnswer {
    let answer = officer.send("POST", "/api/cases/batch", Some(&Batch { cases, command })).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("there")
}

fn of_batch(case_id: CaseId, version: u32) -> BatchCase {
    BatchCase { case_id, version, message_id: Some(MessageId(new_id())) }
}

#[tokio::test]
async fn in_a_batch_one_stale_case_fails_no_other() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (mut phones, mut ids) = (vec![], vec![]);
    for place in [TAIPEI, TAIPEI, TAIPEI, TOKYO] {
        let (phone, id) = opened(&service, place).await;
        phones.push(phone);
        ids.push(id);
    }
    let cases = vec![of_batch(ids[0], 1), of_batch(ids[1], 9), of_batch(ids[2], 1), of_batch(ids[3], 1)];
    let answer = batch(&lan, cases.clone(), BatchCommand::Claim {}).await;
    let codes: Vec<_> = answer.results.iter().map(|r| r.problem.as_ref().map(|p| p.code)).collect();
    assert_eq!(codes, [None, Some(ErrorCode::StaleVersion), None, Some(ErrorCode::NotFound)]);
    assert_eq!(answer.results.iter().map(|r| r.case_id).collect::<Vec<_>>(), ids);
    assert_eq!(answer.results[0].case.as_ref().unwrap().owner.as_ref().unwrap().name, "Lan");

    let answer = batch(&lan, cases, BatchCommand::Message { text: "Chúng tôi đang đến".into() }).await;
    assert_eq!(answer.results.iter().filter(|r| r.case.is_some()).count(), 3);
    let heard = phones[0].hear_until("the message", |frame| match frame {
        GatewayFrame::Message { text, .. } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(heard.await, "Chúng tôi đang đến");
    let linked = ids[..3].iter().map(|id| of_batch(*id, 0)).collect();
    batch(&lan, linked, BatchCommand::Link {}).await;
    let mut links = lan.detail(ids[0]).await.case.links;
    links.sort_unstable();
    let mut others = ids[1..3].to_vec();
    others.sort_unstable();
    assert_eq!(links, others);

    let full = (0..BATCH_CASES_MAX).map(|_| of_batch(CaseId(new_id()), 1)).collect();
    assert_eq!(batch(&lan, full, BatchCommand::Claim {}).await.results.len(), BATCH_CASES_MAX);
    let over = (0..=BATCH_CASES_MAX).map(|_| of_batch(CaseId(new_id()), 1)).collect();
    let over = Batch { cases: over, command: BatchCommand::Claim {} };
    assert_ne!(lan.send("POST", "/api/cases/batch", Some(&over)).await.status(), 200);
}

async fn found(officer: &Officer, text: &str) -> Vec<CaseId> {
    let answer = officer.send("POST", "/api/search", Some(&Search { text: text.into() })).await;
    assert_eq!(answer.status(), 200, "{text}");
    let found: Found = answer.json().await.expect("there");
    assert_eq!((found.more, found.texts_since_ms), (false, None));
    found.cases.into_iter().map(|case| case.case_id).collect()
}

#[tokio::test]
async fn a_case_is_found_by_each_of_its_fields_with_and_without_marks_and_only_at_its_desk() {
    let service = Service::start().await;
    let (lan, hoa) = (service.officer("lan").await, service.officer("hoa").await);
    let worker = WorkerProfile {
        worker_id: WorkerId(SystemEntropy.uuid_v7(service.clock.now())),
        name: "Đặng Thị Hường".into(),
        phone: Some("+886 912 345 678".into()),
        language: "vi".into(),
        contract_country: CountryCode::parse("TW"),
        employer: Some("Công ty Điện tử Hưng Thịnh".into()),
        address: Some("Số 7, ngõ Bình Yên".into()),
    };
    service.store.create_worker(&worker).await.unwrap();
    let key = Key::new().enrol(&service, &service.code(worker.worker_id, 60_000).await).await;
    let (mut phone, _) = Phone::greet(&service, &key).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let (_other, _) = opened(&service, TAIPEI).await;
    phone.write(alert_id, "Ở gần nhà kho số bảy").await;
    let note = PostNote { note_id: NoteId(new_id()), text: "Gọi cho quản đốc Ưng".into() };
    lan.command(id, "notes", &note).await.unwrap();
    lan.command(id, "answers", &PostAnswer { question: "q".into(), text: "Gãy chân".into() }).await.unwrap();
    lan.command(id, "tags", &SetTags { tags: vec!["Đình công".into()] }).await.unwrap();
    until("the message is on record", async || {
        let said = lan.detail(id).await.timeline;
        said.iter().any(|entry| entry.event.kind() == "message").then_some(())
    })
    .await;
    let case_no = lan.detail(id).await.case.case_no;
    for text in [
        "đặng thị hường",
        "dang thi huong",
        "HUONG DANG",
        "912345678",
        "+886-912-345",
        "dien tu hung",
        "Điện Tử",
        "ngo binh yen",
        &case_no,
        "dinh cong",
        "nha kho so bay",
        "nhà kho",
        "quan doc ung",
        "gay chan",
        "huong đình công",
    ] {
        assert_eq!(found(&lan, text).await, [id], "{text}");
        assert!(found(&hoa, text).await.is_empty(), "{text}");
    }
    assert_eq!(found(&lan, "TW").await.len(), 2);
    assert!(found(&lan, "không có gì như thế").await.is_empty());
    assert!(found(&lan, "%").await.is_empty());
    let log = sos_tests::log::so_far();
    assert!(!log.contains("quan doc ung") && !log.contains("quản đốc"));
}

#[tokio::test]
async fn a_search_that_finds_nothing_says_that_older_cases_were_not_looked_at() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (_, id) = opened(&service, TAIPEI).await;
    let ask = async |text: &str| -> Found {
        let answer = lan.send("POST", "/api/search", Some(&Search { text: text.into() })).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("there")
    };
    assert!(!ask("không có gì").await.more);
    // As after some years: closed, and newer than that one.
    let mut tx = service.db.begin().await.unwrap();
    sqlx::query("SELECT set_config('sos.scope', '*', true)").execute(&mut *tx).await.unwrap();
    let added = sqlx::query(
        "INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object(
             'case_id', gen_random_uuid(), 'case_no', c.case_no + n, 'subject', 'alert:' || n, 'worker_id', NULL,
             'opened_ms', c.opened_ms + n, 'state', 'closed', 'closed_ms', c.opened_ms + n, 'disposition', 'helped',
             'owner_id', NULL, 'owner_since_ms', NULL))).*
         FROM cases c, generate_series(1, 20000) n WHERE c.case_id = $1",
    )
    .bind(id.0)
    .execute(&mut *tx)
    .await
    .unwrap();
    assert_eq!(added.rows_affected(), 20_000);
    tx.commit().await.unwrap();
    let found = ask("không có gì").await;
    assert_eq!((found.cases.len(), found.more), (0, true));
}

#[tokio::test]
async fn whoever_searches_without_end_is_asked_to_wait() {
    let service = Service::start().await;
    let (lan, minh) = (service.officer("lan").await, service.officer("minh").await);
    let search = Search { text: "a".into() };
    let mut answers = vec![];
    for _ in 0..41 {
        answers.push(lan.send("POST", "/api/search", Some(&search)).await.status().as_u16());
    }
    assert_eq!((answers[39], answers[40]), (200, 429));
    assert_eq!(minh.send("POST", "/api/search", Some(&search)).await.status(), 200);
}

async fn presence(feed: &mut Feed, case: CaseId, wanted: &[(&str, bool)]) {
    let what = format!("{wanted:?} at the case");
    let told = feed.until(&what, |frame| match frame {
        FeedFrame::Presence { case_id, officers } if *case_id == case => {
            let there: Vec<_> = officers.iter().map(|o| (o.name.as_str(), o.typing)).collect();
            (there == wanted).then_some(())
        }
        _ => None,
    });
    told.await;
}

#[tokio::test]
async fn two_officers_see_each_other_at_a_case_across_two_nodes_and_see_them_go() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let other = service.another_node().await;
    let (_phone, id) = opened(&service, TAIPEI).await;
    let mut lan = service.officer("lan").await.feed(None).await;
    let mut duc = service.officer("duc").await.feed(None).await;
    let mut minh = other.officer("minh").await.feed(None).await;
    let mut hoa = service.officer("hoa").await.feed(None).await;
    let looking = |case_id, typing| ConsoleFrame::Looking { case_id, typing };
    // What another desk's officer may not see, nobody hears of.
    hoa.say(&looking(Some(id), true)).await;
    lan.say(&looking(Some(id), false)).await;
    presence(&mut duc, id, &[("Lan", false)]).await;
    presence(&mut minh, id, &[("Lan", false)]).await;
    minh.say(&looking(Some(id), true)).await;
    presence(&mut lan, id, &[("Minh", true)]).await;
    presence(&mut duc, id, &[("Lan", false), ("Minh", true)]).await;
    lan.say(&looking(None, false)).await;
    presence(&mut minh, id, &[]).await;
    presence(&mut duc, id, &[("Minh", true)]).await;
    // A console that is cut off says nothing any more.
    drop(minh);
    presence(&mut duc, id, &[]).await;
    lan.say(&looking(Some(id), false)).await;
    presence(&mut duc, id, &[("Lan", false)]).await;
    clock.advance_ms(i64::from(PRESENCE_GONE_S) * 1_000);
    presence(&mut duc, id, &[]).await;
}

#[tokio::test]
async fn surroundings_name_the_numbers_of_the_country_and_the_missions_near() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (_phone, id) = opened(&service, TAIPEI).await;
    let near: Surroundings = lan.get(&format!("/api/cases/{id}/surroundings")).await;
    assert_eq!(near.country, CountryCode::parse("TW"));
    assert!(near.numbers.iter().any(|number| number.number == "110"), "the police of Taiwan");
    assert!(near.numbers.last().is_some_and(|number| number.key.starts_with("national/")));
    assert_eq!((near.missions.len(), near.missions[0].desk_id.as_str()), (5, "tw-taipei"));
    assert!(
        near.missions[0].distance_km < 20.0 && near.missions.is_sorted_by_key(|mission| mission.distance_km)
    );

    let mut nowhere = Phone::connect(&service).await;
    let alert_id = nowhere.press(None).await;
    let id = nowhere.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let bo = service.officer("bo").await;
    let near: Surroundings = bo.get(&format!("/api/cases/{id}/surroundings")).await;
    assert_eq!((near.country, near.missions.len()), (None, 0));
    assert!(!near.numbers.is_empty(), "the national lines");
}

#[tokio::test]
async fn a_phone_is_asked_for_its_position_over_its_socket_and_by_push_but_not_twice_in_a_row() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let lan = service.officer("lan").await;
    let (mut phone, key) = Phone::of_worker(&service, "Đinh Thị Chờ", "TW").await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let target = serde_json::json!({ "kind": "fcm", "token": "app" });
    assert_eq!(key.send(&service, "PUT", "/api/device/push", Some(&target)).await.status(), 204);
    let asked = lan.command(id, "ask-fix", &()).await.unwrap();
    assert!(asked.fix_asked_at_ms.is_some());
    let located = phone.hear_until("the question", |frame| match frame {
        GatewayFrame::Locate { alert_id, .. } => Some(*alert_id),
        _ => None,
    });
    assert_eq!(located.await, alert_id);
    until("the push", async || (services.taken("app").len() == 1).then_some(())).await;
    let push = services.taken("app")[0].message.clone();
    assert_eq!(push["notification"]["body"], "Cán bộ cần biết vị trí của bạn. Hãy mở ứng dụng.");
    let again = lan.command(id, "ask-fix", &()).await.unwrap();
    assert_eq!(again.fix_asked_at_ms, asked.fix_asked_at_ms);
    let asked = lan.detail(id).await.timeline.into_iter();
    assert_eq!(asked.filter(|entry| entry.event.kind() == "fix_asked").count(), 1);
}
