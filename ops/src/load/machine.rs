//! What this machine's stores and sockets can do, without any of the service.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use redis::aio::MultiplexedConnection;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinSet;

use super::Context;
use super::lanes::{Lanes, Peer, Run};
use super::reference::{Mode, Reference};
use super::report::Figure;
use super::times::{Times, count};
use crate::swarm::now;

const PART: &str = "machine";
/// How long each limit is measured.
const DURATION: Duration = Duration::from_secs(2);
/// Commands in flight, and connections.
const IN_FLIGHT: usize = 64;
/// Clients that commit one row each.
const CLIENTS: usize = 8;
/// Rows of a commit of many.
const ROWS: usize = 500;
/// Connections of the echo, and of the reference gateway.
const CONNECTIONS: usize = 1_000;
/// How often the two steps of an alert are measured, one after the other.
const STEPS: usize = 1_000;
/// Written into its own stream, removed afterwards.
const STREAM: &str = "load:machine";
/// About as large as an alert or a fix is.
const BODY: [u8; 300] = [b'x'; 300];

pub(super) async fn measure(context: &mut Context<'_>) -> Result<()> {
    redis_limits(context).await?;
    postgres_limits(context).await?;
    socket_limits(context).await?;
    tidy(context)
}

/// What was written into the server's Redis.
pub(super) fn tidy(context: &Context<'_>) -> Result<()> {
    context.site.ask_redis(&format!("UNLINK {STREAM} {}", super::reference::STREAM)).map(drop)
}

async fn redis_limits(context: &mut Context<'_>) -> Result<()> {
    context.progress.say("machine: Redis, every write on disk");
    let client = redis::Client::open(context.site.redis_url())?;
    let mut many = vec![];
    for _ in 0..IN_FLIGHT {
        many.push(client.get_multiplexed_async_connection().await?);
    }
    let one = client.get_multiplexed_async_connection().await?;
    let shared = vec![one; IN_FLIGHT];
    for (name, connections) in [("64 connections, one each", many), ("one connection, 64 in flight", shared)]
    {
        let (mut times, rate) = xadds(connections).await?;
        let what = format!("XADD appendfsync always, {name}");
        context.report.add(Figure::new(PART, what.clone(), rate, "1/s"));
        context.report.add(Figure::new(PART, format!("{what}: p50"), times.within_ms(0.5), "ms"));
    }
    Ok(())
}

async fn xadds(connections: Vec<MultiplexedConnection>) -> Result<(Times, f64)> {
    let start = now();
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn(async move {
            let mut times = Times::default();
            while start.elapsed() < DURATION {
                times.add(xadd(&mut connection.clone()).await?);
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    together(tasks, start).await
}

async fn together(mut tasks: JoinSet<Result<Times>>, start: Instant) -> Result<(Times, f64)> {
    let mut all = Times::default();
    while let Some(ended) = tasks.join_next().await {
        all.join(ended??);
    }
    let rate = count(all.len()) / start.elapsed().as_secs_f64();
    Ok((all, rate))
}

async fn xadd(connection: &mut MultiplexedConnection) -> Result<Duration> {
    let since = now();
    let mut add = redis::cmd("XADD");
    add.arg(STREAM).arg("MAXLEN").arg("~").arg(10_000).arg("*").arg("body").arg(BODY.as_slice());
    let _: String = add.query_async(connection).await.context("XADD")?;
    Ok(since.elapsed())
}

async fn postgres_limits(context: &mut Context<'_>) -> Result<()> {
    context.progress.say("machine: Postgres commits");
    let pool = table(context).await?;
    let start = now();
    let mut tasks = JoinSet::new();
    for _ in 0..CLIENTS {
        let pool = pool.clone();
        tasks.spawn(async move {
            let mut connection = pool.acquire().await?;
            let mut times = Times::default();
            while start.elapsed() < DURATION {
                times.add(commit(&mut connection).await?);
            }
            Ok(times)
        });
    }
    let (mut times, rate) = together(tasks, start).await?;
    context.report.add(Figure::new(PART, "Postgres one-row commits, 8 clients", rate, "rows/s"));
    let p50 = times.within_ms(0.5);
    context.report.add(Figure::new(PART, "Postgres one-row commits, 8 clients: p50", p50, "ms"));
    let rate = unnest(&pool).await?;
    context.report.add(Figure::new(PART, "Postgres commits of 500 rows, one client", rate, "rows/s"));
    pool.close().await;
    Ok(())
}

async fn table(context: &Context<'_>) -> Result<PgPool> {
    let url = context.site.own_database().await?;
    let clients = u32::try_from(CLIENTS).unwrap_or(1);
    let pool = PgPoolOptions::new().max_connections(clients).connect(&url).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS load (id bigserial PRIMARY KEY, body bytea NOT NULL)")
        .execute(&pool)
        .await?;
    Ok(pool)
}

async fn commit(connection: &mut sqlx::PgConnection) -> Result<Duration> {
    let since = now();
    sqlx::query("INSERT INTO load (body) VALUES ($1)").bind(BODY.as_slice()).execute(connection).await?;
    Ok(since.elapsed())
}

async fn unnest(pool: &PgPool) -> Result<f64> {
    let rows: Vec<&[u8]> = vec![BODY.as_slice(); ROWS];
    let (start, mut commits) = (now(), 0);
    while start.elapsed() < DURATION {
        sqlx::query("INSERT INTO load (body) SELECT * FROM UNNEST($1::bytea[])")
            .bind(&rows)
            .execute(pool)
            .await?;
        commits += 1;
    }
    Ok(count(commits * ROWS) / start.elapsed().as_secs_f64())
}

async fn socket_limits(context: &mut Context<'_>) -> Result<()> {
    for (mode, peer, name) in [
        (Mode::Echo, Peer::Echo, "WebSocket echo, 1,000 connections"),
        (Mode::Gateway, Peer::Reference, "reference gateway (socket, XADD always, ack), 1,000 phones"),
    ] {
        context.progress.say(format!("machine: {name}"));
        let reference = Reference::start(mode, &context.site.redis_url()).await?;
        let mut run = closed_loop(&reference, peer, context.seed).await?;
        context.report.add(Figure::new(PART, name, run.rate(), "1/s"));
        let (p50, p99) = (run.times.within_ms(0.5), run.times.within_ms(0.99));
        context.report.add(Figure::new(PART, format!("{name}: p50"), p50, "ms"));
        context.report.add(Figure::new(PART, format!("{name}: p99"), p99, "ms"));
    }
    Ok(())
}

async fn closed_loop(reference: &Reference, peer: Peer, seed: u64) -> Result<Run> {
    let mut lanes =
        Lanes::open(reference.gateway, peer, CONNECTIONS, super::fixes::CONNECTIONS_A_PHONE, seed).await?;
    let run = lanes.closed_loop(DURATION).await?;
    ensure!(run.errors == 0, "the reference gateway answered with errors");
    Ok(run)
}

/// What an alert cannot do without: p50 of one entry on disk in Redis and of one commit in Postgres, one after the
/// other on an idle connection each, in milliseconds.
pub(super) async fn two_steps_ms(context: &Context<'_>) -> Result<f64> {
    let client = redis::Client::open(context.site.redis_url())?;
    let mut redis = client.get_multiplexed_async_connection().await?;
    let pool = table(context).await?;
    let mut postgres = pool.acquire().await?;
    let (mut entries, mut commits) = (Times::default(), Times::default());
    for _ in 0..STEPS {
        entries.add(xadd(&mut redis).await?);
        commits.add(commit(&mut postgres).await?);
    }
    Ok(entries.within_ms(0.5) + commits.within_ms(0.5))
}
