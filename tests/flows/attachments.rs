//! Photos and voice notes: in parts over bad links, kept sealed, shown to the right desk without what they say.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use futures_util::future::join_all;
use reqwest::header::{CONTENT_TYPE, RANGE};
use sha2::{Digest, Sha256};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::case::{Media, Taken};
use sos_protocol::http::{AttachmentState, NewAttachment};
use sos_protocol::limits::{ATTACHMENT_PART_BYTES_MAX, PHOTO_BYTES_MAX, VOICE_BYTES_MAX};
use sos_protocol::{AlertId, AttachmentId, CaseEvent, CaseId, ErrorCode, Problem, Stage, UnixMs};
use sos_tests::phone::new_id;
use sos_tests::{Key, Officer, Phone, Service, log, until};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
/// Taken at 25.0478, 121.517 by a Dien thoai of Xuong Mau.
const PHOTO: &[u8] = include_bytes!("../../server/core/src/media/samples/photo.jpg");
const VOICE: &[u8] = include_bytes!("../../server/core/src/media/samples/opus.webm");
const DAY_MS: i64 = 24 * 3_600_000;

/// The photo with a comment of many bytes in it, so that it takes some parts.
fn long_photo() -> Vec<u8> {
    let comment = [b"\xFF\xFE\xEA\x60".as_slice(), &[b'x'; 59_998]].concat();
    [&PHOTO[..2], &comment, &PHOTO[2..]].concat()
}

fn announce(alert_id: AlertId, media: Media, bytes: &[u8]) -> NewAttachment {
    NewAttachment {
        attachment_id: AttachmentId(new_id()),
        alert_id,
        media,
        bytes: u32::try_from(bytes.len()).expect("a length"),
        sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

type Answer = Result<AttachmentState, ErrorCode>;

async fn read(answer: reqwest::Response) -> Answer {
    if answer.status() == 200 {
        return Ok(answer.json().await.expect("a state"));
    }
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.expect("a problem");
    assert_eq!(status, problem.code.status());
    Err(problem.code)
}

async fn begin(service: &Service, key: &Key, new: &NewAttachment) -> Answer {
    read(key.send(service, "POST", "/api/device/attachments", Some(new)).await).await
}

async fn state(service: &Service, key: &Key, id: AttachmentId) -> Answer {
    read(key.send_bytes(service, "GET", &format!("/api/device/attachments/{id}"), vec![]).await).await
}

async fn put(service: &Service, key: &Key, id: AttachmentId, offset: usize, part: &[u8]) -> Answer {
    let path = format!("/api/device/attachments/{id}/{offset}");
    read(key.send_bytes(service, "PUT", &path, part.to_vec()).await).await
}

/// Sends all of it, from where the service is.
async fn send(service: &Service, key: &Key, new: &NewAttachment, bytes: &[u8]) -> Answer {
    const PARTS_MAX: usize = 20;
    let mut state = begin(service, key, new).await?;
    for _ in 0..PARTS_MAX {
        if state.complete {
            break;
        }
        let at = state.received_bytes as usize;
        let end = bytes.len().min(at + 16 * 1024);
        state = put(service, key, new.attachment_id, at, &bytes[at..end]).await?;
    }
    Ok(state)
}

/// A photo of this alert, all the way.
pub(crate) async fn attach(service: &Service, key: &Key, alert_id: AlertId) -> AttachmentId {
    let new = announce(alert_id, Media::Photo, PHOTO);
    assert!(send(service, key, &new, PHOTO).await.expect("taken").complete);
    new.attachment_id
}

/// A worker's phone whose SOS is on record.
async fn pressed(service: &Service) -> (Key, AlertId, CaseId) {
    let (mut phone, key) = Phone::of_worker(service, "Hồ Thị Ảnh", "TW").await;
    let alert_id = phone.press(TAIPEI).await;
    let case_id = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    (key, alert_id, case_id)
}

fn file_path(case: CaseId, id: AttachmentId) -> String {
    format!("/api/cases/{case}/attachments/{id}")
}

async fn look(officer: &Officer, case: CaseId, id: AttachmentId) -> u16 {
    officer.send("GET", &file_path(case, id), None::<&()>).await.status().as_u16()
}

/// Every file under the service's folder, which is its owner's only.
fn files(service: &Service) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![service.config.attachments.clone()];
    while let Some(folder) = folders.pop() {
        assert_eq!(folder.metadata().expect("a folder").permissions().mode() & 0o777, 0o700);
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    for file in &found {
        assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    }
    found
}

/// The attachment's entry in the case's history: what it said about itself, once it is there.
async fn told(officer: &Officer, case: CaseId, id: AttachmentId) -> Option<Taken> {
    until("the entry of the attachment", async || {
        let detail = officer.detail(case).await;
        detail.timeline.into_iter().find_map(|entry| match entry.event {
            CaseEvent::Attachment { attachment, taken } if attachment.attachment_id == id => Some(taken),
            _ => None,
        })
    })
    .await
}

#[tokio::test]
async fn a_photo_gets_through_a_restart_in_parts_and_reaches_the_desk_without_its_position() {
    let first = Service::start().await;
    let service = first.another_node().await;
    let (key, alert_id, case) = pressed(&first).await;
    let photo = long_photo();
    let new = announce(alert_id, Media::Photo, &photo);
    let id = new.attachment_id;
    assert_eq!(begin(&first, &key, &new).await.map(|state| state.received_bytes), Ok(0));
    for _ in 0..2 {
        let answer = put(&first, &key, id, 0, &photo[..20_000]).await;
        assert_eq!(
            answer,
            Ok(AttachmentState { attachment_id: id, received_bytes: 20_000, complete: false })
        );
    }
    first.stop().await;

    // The phone goes on from where the service is, after a part that went astray.
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    assert_eq!(put(&service, &key, id, 40_000, &photo[40_000..]).await.unwrap().received_bytes, 20_000);
    assert_eq!(state(&service, &key, id).await.unwrap().received_bytes, 20_000);
    assert_eq!(look(&lan, case, id).await, 404, "not before it is whole");
    let done = AttachmentState { attachment_id: id, received_bytes: new.bytes, complete: true };
    assert_eq!(send(&service, &key, &new, &photo).await, Ok(done.clone()));
    assert_eq!(put(&service, &key, id, 59_000, &photo[59_000..]).await, Ok(done.clone()));
    assert_eq!(begin(&service, &key, &new).await, Ok(done));

    let (_, summary) = feed.event("attachment").await;
    assert_eq!((summary.case_id, summary.unread), (case, 1));
    let taken = told(&lan, case, id).await.expect("the photo said where");
    assert!((taken.lat.unwrap() - 25.0478).abs() < 1e-6 && (taken.lon.unwrap() - 121.517).abs() < 1e-6);
    assert_eq!(taken.at_ms, Some(UnixMs(1_795_331_039_000)));
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE facts LIKE '%25.04%'").await, 0, "sealed");
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'attachment'").await, 1);

    let answer = lan.send("GET", &file_path(case, id), None::<&()>).await;
    assert_eq!(answer.status(), 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("content-disposition", &format!("inline; filename=\"photo-{id}.jpg\"")),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(!answer.headers().contains_key("content-encoding"));
    let shown = answer.bytes().await.unwrap();
    assert!(shown.starts_with(b"\xFF\xD8\xFF") && shown.len() < PHOTO.len());
    for words in [&b"Xuong Mau"[..], b"2026:11:22", b"xxxx", b"N\0\0\0"] {
        assert!(!shown.windows(words.len()).any(|window| window == words));
    }

    let files = files(&service);
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        let sealed = std::fs::read(file).unwrap();
        for words in [&b"JFIF"[..], b"Exif", b"Xuong Mau", b"xxxx"] {
            assert!(!sealed.windows(words.len()).any(|window| window == words));
        }
    }
    sqlx::query("DELETE FROM subject_keys").execute(&service.db).await.unwrap();
    assert_eq!(look(&lan, case, id).await, 404, "gone with the key");
}

#[tokio::test]
async fn a_voice_note_can_be_wound() {
    let service = Service::start().await;
    let (key, alert_id, case) = pressed(&service).await;
    let new = announce(alert_id, Media::Voice, VOICE);
    assert!(send(&service, &key, &new, VOICE).await.unwrap().complete);
    let lan = service.officer("lan").await;
    let url = service.url(&file_path(case, new.attachment_id));
    let ask = async |range: &'static str| lan.http().get(&url).header(RANGE, range).send().await.unwrap();
    let all = ask("bytes=0-").await;
    assert_eq!((all.status().as_u16(), &all.headers()[CONTENT_TYPE]), (206, &"audio/webm".parse().unwrap()));
    assert_eq!(all.headers()["content-range"], format!("bytes 0-{}/{}", VOICE.len() - 1, VOICE.len()));
    let all = all.bytes().await.unwrap();
    let part = ask("bytes=500-599").await;
    assert_eq!(part.headers()["content-length"], "100");
    assert_eq!(part.bytes().await.unwrap(), all[500..600]);
    assert_eq!(ask("bytes=100000-").await.status(), 416);
    assert_eq!(told(&lan, case, new.attachment_id).await, None);
}

#[tokio::test]
async fn what_is_not_what_it_was_said_to_be_is_given_up() {
    let service = Service::start().await;
    let (key, alert_id, case) = pressed(&service).await;
    let lan = service.officer("lan").await;
    let html: &[u8] = b"<!doctype html><script>alert(1)</script>";
    let svg: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let wrong =
        [(html, html), (svg, svg), (b"PK\x03\x04", b"PK\x03\x04"), (VOICE, VOICE), (PHOTO, &PHOTO[2..])];
    for (sent, announced) in wrong {
        let mut new = announce(alert_id, Media::Photo, announced);
        new.bytes = u32::try_from(sent.len()).unwrap();
        let id = new.attachment_id;
        begin(&service, &key, &new).await.expect("begun");
        let refused = Err(ErrorCode::ContentRefused);
        assert_eq!(put(&service, &key, id, 0, sent).await, refused);
        assert_eq!(state(&service, &key, id).await, refused);
        assert_eq!(begin(&service, &key, &new).await, refused);
        assert_eq!(look(&lan, case, id).await, 404);
    }
    assert_eq!(files(&service), Vec::<PathBuf>::new());
    // The desk hears of nothing but what comes after it.
    let id = attach(&service, &key, alert_id).await;
    told(&lan, case, id).await;
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'attachment'").await, 1);
}

#[tokio::test]
async fn bounds_are_kept_and_say_why() {
    let service = Service::start().await;
    let (key, alert_id, _) = pressed(&service).await;
    let good = announce(alert_id, Media::Photo, PHOTO);
    let with = |change: fn(&mut NewAttachment)| {
        let mut new = announce(alert_id, Media::Photo, PHOTO);
        change(&mut new);
        new
    };
    for (new, code) in [
        (with(|new| new.bytes = PHOTO_BYTES_MAX + 1), ErrorCode::TooLarge),
        (with(|new| (new.media, new.bytes) = (Media::Voice, VOICE_BYTES_MAX + 1)), ErrorCode::TooLarge),
        (with(|new| new.bytes = 0), ErrorCode::InvalidField),
        (with(|new| new.sha256 = new.sha256.to_uppercase()), ErrorCode::InvalidField),
        (with(|new| new.sha256.truncate(63)), ErrorCode::InvalidField),
        (with(|new| new.attachment_id = AttachmentId(uuid::Uuid::nil())), ErrorCode::InvalidField),
        (with(|new| new.alert_id = AlertId(new_id())), ErrorCode::NotYetRecorded),
    ] {
        assert_eq!(begin(&service, &key, &new).await, Err(code), "{new:?}");
    }
    let large = with(|new| new.bytes = PHOTO_BYTES_MAX);
    let id = large.attachment_id;
    begin(&service, &key, &large).await.expect("begun");
    let part = vec![0; ATTACHMENT_PART_BYTES_MAX + 1];
    assert_eq!(put(&service, &key, id, 0, &part).await, Err(ErrorCode::TooLarge));
    assert_eq!(put(&service, &key, id, 0, &part[..1023]).await, Err(ErrorCode::InvalidField));
    assert_eq!(put(&service, &key, id, 0, &part[1..]).await.unwrap().received_bytes, 65_536);
    assert_eq!(begin(&service, &key, &NewAttachment { bytes: 7, ..large }).await, Err(ErrorCode::IdReused));
    begin(&service, &key, &good).await.expect("begun");
    let too_long = [PHOTO, b"x"].concat();
    assert_eq!(put(&service, &key, good.attachment_id, 0, &too_long).await, Err(ErrorCode::TooLarge));
    for _ in 0..3 {
        begin(&service, &key, &announce(alert_id, Media::Photo, PHOTO)).await.expect("begun");
    }
    let sixth = announce(alert_id, Media::Photo, PHOTO);
    assert_eq!(begin(&service, &key, &sixth).await, Err(ErrorCode::RateLimited));
    assert!(send(&service, &key, &good, PHOTO).await.unwrap().complete);
    begin(&service, &key, &sixth).await.expect("one is finished");
    assert!(send(&service, &key, &sixth, PHOTO).await.unwrap().complete);

    let full = "WITH filled AS (INSERT INTO attachments SELECT gen_random_uuid(), alert_id, case_id, device_id, subject,
        media, bytes, sha256, bytes, 0, 'complete', 'image/jpeg', 0, 0 FROM attachments, generate_series(1, 44)
        WHERE attachment_id = (SELECT max(attachment_id::text)::uuid FROM attachments) RETURNING 1)
        SELECT count(*) FROM filled";
    assert_eq!(service.count(full).await, 44);
    let over = announce(alert_id, Media::Photo, PHOTO);
    assert_eq!(begin(&service, &key, &over).await, Err(ErrorCode::TooMany));
}

#[tokio::test]
async fn nobody_but_its_phone_may_add_to_it_and_nobody_but_its_desk_may_see_it() {
    let service = Service::start().await;
    let (key, alert_id, case) = pressed(&service).await;
    let (other, other_alert, other_case) = pressed(&service).await;
    let new = announce(alert_id, Media::Photo, PHOTO);
    let id = new.attachment_id;
    begin(&service, &key, &new).await.expect("begun");
    let nothing = Err(ErrorCode::NotFound);
    assert_eq!(begin(&service, &other, &new).await, nothing);
    assert_eq!(
        begin(&service, &other, &NewAttachment { alert_id: other_alert, ..new.clone() }).await,
        nothing
    );
    let theirs = announce(alert_id, Media::Photo, PHOTO);
    assert_eq!(begin(&service, &other, &theirs).await, nothing, "another phone's alert");
    assert_eq!(state(&service, &other, id).await, nothing);
    assert_eq!(put(&service, &other, id, 0, PHOTO).await, nothing);
    assert_eq!(state(&service, &key, AttachmentId(new_id())).await, nothing);
    // The same worker's second phone.
    let worker = key.enrolled.as_ref().unwrap().worker.worker_id;
    let second = Key::new().enrol(&service, &service.code(worker, 60_000).await).await;
    assert_eq!(begin(&service, &second, &new).await, nothing);
    assert_eq!(put(&service, &Key::new(), id, 0, PHOTO).await, Err(ErrorCode::CredentialInvalid));
    assert!(send(&service, &key, &new, PHOTO).await.unwrap().complete);

    let theirs = attach(&service, &other, other_alert).await;
    for (login, status) in [("lan", 200), ("duc", 200), ("bo", 200), ("tra", 200), ("hoa", 404), ("tri", 404)]
    {
        let officer = service.officer(login).await;
        assert_eq!(look(&officer, case, id).await, status, "{login}");
        assert_eq!(look(&officer, case, theirs).await, 404, "{login}: of another case");
        assert_eq!(look(&officer, other_case, id).await, 404, "{login}: of another case");
    }
    assert_eq!(service.get(&file_path(case, id)).await.unwrap().status(), 401);
    for (scope, rows) in [("*", 2_i64), ("tw-taipei", 2), ("jp-tokyo", 0), ("", 0)] {
        let mut tx = service.db.begin().await.unwrap();
        sqlx::query("SELECT set_config('sos.scope', $1, true)").bind(scope).execute(&mut *tx).await.unwrap();
        let seen: i64 =
            sqlx::query_scalar("SELECT count(*) FROM attachments").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, rows, "{scope}");
    }
}

#[tokio::test]
async fn parts_that_come_together_or_were_torn_by_a_crash_make_one_whole_file() {
    let service = Service::start().await;
    let node = service.another_node().await;
    let (key, alert_id, case) = pressed(&service).await;
    let photo = long_photo();
    let new = announce(alert_id, Media::Photo, &photo);
    let id = new.attachment_id;
    let begun = join_all([&service, &node].map(|at| begin(at, &key, &new))).await;
    assert!(begun.iter().all(Result::is_ok), "{begun:?}");
    let nodes = [&service, &node, &service, &node];
    let parts = join_all(nodes.map(|at| put(at, &key, id, 0, &photo[..20_000]))).await;
    assert!(parts.iter().flatten().all(|state| state.received_bytes == 20_000), "{parts:?}");
    assert_eq!(state(&node, &key, id).await.unwrap().received_bytes, 20_000);

    // What a crash leaves behind: half of a part that was never answered.
    let file = files(&service).pop().expect("the parts");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(b"torn");
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(put(&service, &key, id, 20_000, &photo[20_000..40_000]).await.unwrap().received_bytes, 40_000);
    // And a file that was lost, or shortened: it begins again.
    for length in [0, 10, bytes.len() - 5] {
        std::fs::write(&file, &bytes[..length]).unwrap();
        let at = state(&service, &key, id).await.unwrap().received_bytes as usize;
        let lost = put(&service, &key, id, at, &photo[at..at + 2_000]).await;
        assert_eq!(lost.unwrap().received_bytes, 0);
        assert_eq!(put(&service, &key, id, 0, &photo[..20_000]).await.unwrap().received_bytes, 20_000);
    }
    // One that was changed shows when it is put together.
    let mut changed = std::fs::read(&file).unwrap();
    changed[100] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    let at = put(&service, &key, id, 20_000, &photo[20_000..40_000]).await.unwrap().received_bytes;
    assert_eq!(put(&service, &key, id, at as usize, &photo[40_000..]).await.unwrap().received_bytes, 0);
    let rest = send(&service, &key, &new, &photo).await.unwrap();
    assert!(rest.complete);
    told(&service.officer("lan").await, case, id).await;
    assert_eq!(files(&service).len(), 2);
}

#[tokio::test]
async fn what_is_whole_is_finished_and_what_is_abandoned_goes() {
    let clock = ManualClock::at(SystemClock::new().now());
    let first = Service::start_with(clock.clone()).await;
    let (key, alert_id, case) = pressed(&first).await;
    let lan = first.officer("lan").await;
    let whole = attach(&first, &key, alert_id).await;
    let taken = told(&lan, case, whole).await;
    let photo = long_photo();
    let left = announce(alert_id, Media::Photo, &photo);
    begin(&first, &key, &left).await.expect("begun");
    put(&first, &key, left.attachment_id, 0, &photo[..30_000]).await.expect("taken");
    assert_eq!(files(&first).len(), 3);
    // As if the node had died between the files and the ledger.
    let back = "WITH back AS (UPDATE attachments SET state = 'whole' WHERE state = 'complete' RETURNING 1)
                SELECT count(*) FROM back";
    assert_eq!(first.count(back).await, 1);
    assert_eq!(look(&lan, case, whole).await, 200, "the desk may have been told");
    clock.advance_ms(2 * DAY_MS);
    let second = first.another_node().await;
    until("it is finished", async || {
        let done = "SELECT count(*) FROM attachments WHERE state = 'complete'";
        (second.count(done).await == 1).then_some(())
    })
    .await;
    assert!(state(&second, &key, left.attachment_id).await.is_ok(), "a phone may still come back");
    clock.advance_ms(DAY_MS + 1);
    let third = second.another_node().await;
    until("it is gone", async || (third.count("SELECT count(*) FROM attachments").await == 1).then_some(()))
        .await;
    assert_eq!(state(&third, &key, left.attachment_id).await, Err(ErrorCode::NotFound));
    assert_eq!(files(&third).len(), 2);
    // The phone asks for the same step again as well; the ledger has it once.
    assert_eq!(third.count(back).await, 1);
    assert!(state(&third, &key, whole).await.unwrap().complete);
    let mut phone = Phone::greet(&third, &key).await.0;
    phone.write(alert_id, "Đó là cửa xưởng").await;
    until("what came behind it", async || {
        (third.count("SELECT count(*) FROM ledger WHERE kind = 'message'").await == 1).then_some(())
    })
    .await;
    assert_eq!(third.count("SELECT count(*) FROM ledger WHERE kind = 'attachment'").await, 1);
    assert!(!log::so_far().contains("ledger_once"), "a repeat is no fault that recording waits for");
    assert_eq!(told(&third.officer("lan").await, case, whole).await, taken);
}

#[tokio::test]
async fn a_disk_that_fails_costs_no_alert_and_no_photo() {
    let blocked = tempfile::tempdir().unwrap();
    let folder = blocked.path().join("attachments");
    std::fs::write(&folder, "a file where the folder should be").unwrap();
    let settings = vec![("SOS_ATTACHMENTS", folder.display().to_string())];
    let service = Service::start_with_settings(settings).await;
    let (key, alert_id, case) = pressed(&service).await;
    let new = announce(alert_id, Media::Photo, PHOTO);
    let id = new.attachment_id;
    begin(&service, &key, &new).await.expect("begun");
    assert_eq!(put(&service, &key, id, 0, PHOTO).await, Err(ErrorCode::Unavailable));
    std::fs::remove_file(&folder).unwrap();

    // Room for the parts, but not for what is made of them.
    let photo = long_photo();
    let long = announce(alert_id, Media::Photo, &photo);
    begin(&service, &key, &long).await.expect("begun");
    put(&service, &key, long.attachment_id, 0, &photo[..30_000]).await.expect("taken");
    let parts = files(&service).pop().expect("the parts");
    let in_the_way = parts.with_extension("passed-on.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let last = async || put(&service, &key, long.attachment_id, 30_000, &photo[30_000..]).await;
    assert_eq!(last().await, Err(ErrorCode::Unavailable));
    assert_eq!(last().await, Err(ErrorCode::Unavailable));
    let lan = service.officer("lan").await;
    assert_eq!(look(&lan, case, long.attachment_id).await, 404);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert!(last().await.unwrap().complete);
    told(&lan, case, long.attachment_id).await;
    assert!(send(&service, &key, &new, PHOTO).await.unwrap().complete);
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 1);
}
