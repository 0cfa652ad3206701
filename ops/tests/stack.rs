//! The local stores: real ones, started, killed and started again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use sos_ops::stack::{Scratch, Stack, StackConfig, StackError, wait};

/// How long something that should happen at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(30);

fn temporary() -> Stack {
    Stack::start(&StackConfig::default()).expect("the stores start")
}

fn kept_in(folder: &Path) -> Result<Stack, StackError> {
    Stack::start(&StackConfig { data_dir: Some(folder.to_path_buf()), ..StackConfig::default() })
}

/// Runs `sql` through `url`, as an application would connect.
fn psql(url: &str, sql: &str) -> String {
    let output = Command::new("psql").args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]).output();
    let output = output.expect("psql runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_application_role_owns_its_database_and_is_bound_by_row_security() {
    let stack = temporary();
    let role = "SELECT current_user, rolsuper, rolbypassrls, pg_get_userbyid(datdba)
                FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()";
    assert_eq!(psql(&stack.database_url(), role), "sos|f|f|sos");
}

#[test]
fn nothing_acknowledged_waits_in_memory() {
    let stack = temporary();
    for (setting, value) in
        [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")]
    {
        let answer = stack.redis().ask(&format!("CONFIG GET {setting}")).expect("Redis answers");
        assert_eq!(answer.lines().last(), Some(value), "{setting}");
    }
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        assert_eq!(psql(&stack.database_url(), &format!("SHOW {setting}")), "on", "{setting}");
    }
}

#[test]
fn data_stays_over_a_stop_and_a_start() {
    let scratch = Scratch::new().expect("a scratch folder");
    let folder = scratch.path().join("kept");
    let stack = kept_in(&folder).expect("the stores start");
    assert_eq!(stack.data_dir(), folder);
    psql(&stack.database_url(), "CREATE TABLE kept AS SELECT 'Nguyễn'::text AS name");
    stack.redis().ask("SET kept yes").expect("Redis answers");
    stack.stop();

    let stack = kept_in(&folder).expect("the stores start again");
    assert_eq!(psql(&stack.database_url(), "SELECT name FROM kept"), "Nguyễn");
    assert_eq!(stack.redis().ask("GET kept").expect("Redis answers"), "$3\nyes");
}

#[test]
fn data_stays_over_a_kill() {
    let stack = temporary();
    psql(&stack.database_url(), "CREATE TABLE kept AS SELECT 1 AS one");
    stack.redis().ask("XADD alerts 1-0 alert a").expect("Redis answers");
    let before = (stack.database_url(), stack.redis_url());
    stack.kill_postgres().expect("Postgres goes");
    stack.kill_redis();
    assert!(stack.redis().ask("PING").is_err());
    assert!(stack.postgres().run_sql("SELECT 1").is_err());

    stack.restart_postgres().expect("Postgres comes back");
    stack.restart_redis().expect("Redis comes back");
    assert_eq!((stack.database_url(), stack.redis_url()), before);
    assert_eq!(psql(&stack.database_url(), "SELECT one FROM kept"), "1");
    assert_eq!(stack.redis().ask("XLEN alerts").expect("Redis answers"), ":1");
}

#[test]
fn a_paused_redis_answers_nothing_and_goes_on() {
    let stack = temporary();
    stack.redis().pause();
    assert!(stack.redis().ask("PING").is_err());
    stack.redis().resume();
    assert_eq!(stack.redis().ask("PING").expect("Redis answers"), "+PONG");
}

#[test]
fn a_second_launcher_on_the_same_folder_is_told() {
    let scratch = Scratch::new().expect("a scratch folder");
    let folder = scratch.path().join("kept");
    let first = kept_in(&folder).expect("the stores start");
    let refusal = kept_in(&folder).expect_err("only one at a time");
    assert!(matches!(refusal, StackError::Busy { .. }), "{refusal}");
    assert!(refusal.to_string().contains(&std::process::id().to_string()), "{refusal}");
    first.stop();
    kept_in(&folder).expect("free again");
}

#[test]
fn a_fresh_database_is_a_copy_of_its_template_and_stands_alone() {
    let stack = temporary();
    let template = stack.fresh_database("migrated", None).expect("a template");
    psql(&template, "CREATE TABLE things (name text); INSERT INTO things VALUES ('seed')");
    let one = stack.fresh_database("one", Some("migrated")).expect("a copy");
    let other = stack.fresh_database("other", Some("migrated")).expect("a copy");
    psql(&one, "INSERT INTO things VALUES ('mine')");
    assert_eq!(psql(&one, "SELECT count(*) FROM things"), "2");
    assert_eq!(psql(&other, "SELECT count(*) FROM things"), "1");
    for bad in ["", "a b", "x; DROP DATABASE sos", "Ü", "1st"] {
        assert!(matches!(stack.fresh_database(bad, None), Err(StackError::Name(_))), "{bad}");
    }
}

#[test]
fn stores_outlive_the_thread_that_started_them() {
    let stack = std::thread::spawn(temporary).join().expect("the thread ends");
    assert_eq!(psql(&stack.database_url(), "SELECT 1"), "1");
    assert_eq!(stack.redis().ask("PING").expect("Redis answers"), "+PONG");
}

#[test]
fn nothing_is_left_after_a_stop() {
    let stack = temporary();
    let scratch = scratch_of(&stack.database_url());
    assert!(someone_works_below(&scratch));
    stack.stop();
    assert!(!Path::new(&scratch).exists());
    assert!(!someone_works_below(&scratch));
}

#[test]
fn a_killed_launcher_leaves_nothing_behind_and_its_data_is_good() {
    let scratch = Scratch::new().expect("a scratch folder");
    let folder = scratch.path().join("kept");
    let (mut launcher, _out, url) = launch(&["--data", &folder.to_string_lossy()]);
    psql(&url, "CREATE TABLE kept AS SELECT 1 AS one");
    launcher.kill().expect("killing the launcher");
    launcher.wait().expect("the launcher is gone");

    // At once, while the orphans may still be closing their files.
    let stack = kept_in(&folder).expect("the stores start again");
    assert_eq!(psql(&stack.database_url(), "SELECT one FROM kept"), "1");
    let left = scratch_of(&url);
    let gone = || (!Path::new(&left).exists() && !someone_works_below(&left)).then_some(());
    wait::until(SOON, Duration::from_millis(20), gone).expect("nothing of the killed launcher is left");
}

#[test]
fn the_stack_command_ends_in_order_when_its_input_closes() {
    let (mut launcher, _out, url) = launch(&[]);
    assert_eq!(psql(&url, "SELECT 1"), "1");
    drop(launcher.stdin.take());
    let status = wait::until(SOON, Duration::from_millis(20), || launcher.try_wait().expect("waiting"));
    assert!(status.expect("it ends").success());
    assert!(!Path::new(&scratch_of(&url)).exists());
}

/// Starts `sos-ops stack` and returns it, its output (to be kept open) and the URL of its database.
fn launch(arguments: &[&str]) -> (Child, BufReader<ChildStdout>, String) {
    let mut launcher = Command::new(env!("CARGO_BIN_EXE_sos-ops"));
    launcher.arg("stack").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut launcher = launcher.spawn().expect("sos-ops starts");
    let mut out = BufReader::new(launcher.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line of JSON");
    let urls: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let url = urls["database_url"].as_str().expect("a URL").to_owned();
    (launcher, out, url)
}

/// The scratch folder: two levels above the socket of the URL.
fn scratch_of(url: &str) -> String {
    let sockets = url.split("host=").nth(1).expect("a socket folder");
    Path::new(sockets).parent().expect("a parent").to_string_lossy().into_owned()
}

fn someone_works_below(folder: &str) -> bool {
    let mut processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    processes.any(|process| {
        let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        // Redis names no folder in its command line, and its port may be another test's by now.
        let is_there =
            std::fs::read_link(process.path().join("cwd")).is_ok_and(|there| there.starts_with(folder));
        is_there || String::from_utf8_lossy(&command).contains(folder)
    })
}
