//! A phone's connection to a node: frames in order, until it breaks; and the gateway's session at its end.

use sos_core::recording::{Item, Origin};
use sos_core::session::{Checked, Hello, Input, Output, ReadMissed, Session};
use sos_protocol::{DeviceId, ErrorCode, GatewayFrame, PhoneFrame, SessionId, WorkerId};

use crate::postgres::Postgres;
use crate::world::World;

/// Entries that are read at a time for a phone that comes back; few, so that there are several pages.
const REPLAY_PAGE: usize = 3;
/// Longest time for a store to read them, in milliseconds.
const READ_MS_MAX: u64 = 5_000;

pub(crate) struct Line {
    pub(crate) phone: usize,
    phone_life: u32,
    pub(crate) node: usize,
    node_life: u32,
    session: Session,
    /// Nothing arrives any more, though nobody was told.
    dead: bool,
    node_closed: bool,
    up_at: u64,
    down_at: u64,
    /// Counts what was heard, to know silence.
    heard: u32,
    reading: u32,
}

impl World {
    /// A phone asks for a connection; whichever node the balancer finds.
    pub(crate) fn connect(&mut self, phone: usize) -> usize {
        let node = self.below(self.nodes.len());
        let session = Session::new(SessionId(self.id()), "nonce".to_owned(), self.time());
        let line = self.lines.len();
        self.lines.push(Line {
            phone,
            phone_life: self.phones[phone].life,
            node,
            node_life: self.nodes[node].life,
            session,
            dead: false,
            node_closed: false,
            up_at: 0,
            down_at: 0,
            heard: 0,
            reading: 0,
        });
        let wait = self.latency() + self.latency();
        if self.phones[phone].blocked || !self.nodes[node].alive || self.chance(self.weather.breaking) {
            self.lines[line].node_closed = true;
            self.after(wait, move |world| world.phone_hears_the_end(line));
        } else {
            self.after(wait, move |world| {
                let challenge = world.lines[line].session.challenge(world.time());
                world.phone_connected(line);
                world.send_down(line, challenge);
                world.watch_silence(line);
            });
        }
        line
    }

    fn node_is_there(&self, line: usize) -> bool {
        let line = &self.lines[line];
        !line.node_closed && self.nodes[line.node].lives(line.node_life)
    }

    pub(crate) fn phone_is_there(&self, line: usize) -> bool {
        let at = &self.lines[line];
        self.phones[at.phone].life == at.phone_life && self.phones[at.phone].line == Some(line)
    }

    pub(crate) fn send_up(&mut self, line: usize, frame: &PhoneFrame) {
        let text = serde_json::to_string(frame).unwrap();
        let at = self.lines[line].up_at.max(self.now() + self.latency());
        self.lines[line].up_at = at;
        // Harsher than TCP: single frames behind `hello` vanish or come twice.
        let loses = !matches!(frame, PhoneFrame::Hello { .. }) && self.chance(self.weather.losing);
        let times = if loses { self.below(3) } else { 1 };
        for _ in 0..times {
            let text = text.clone();
            self.after(at - self.now(), move |world| {
                if !world.lines[line].dead && world.node_is_there(line) {
                    world.tell(|| format!("node {} hears {text}", world.lines[line].node));
                    world.on_session(line, Input::Frame(&text));
                    world.watch_silence(line);
                }
            });
        }
    }

    fn send_down(&mut self, line: usize, frame: GatewayFrame) {
        let at = self.lines[line].down_at.max(self.now() + self.latency());
        self.lines[line].down_at = at;
        // What has a place in the ledger comes as TCP promises it: a phone resumes behind the last one it heard.
        let placed = match &frame {
            GatewayFrame::Receipt { receipt } => receipt.seq.is_some(),
            frame => matches!(frame, GatewayFrame::Message { .. }),
        };
        let times = if self.chance(self.weather.losing) { self.below(3).max(usize::from(placed)) } else { 1 };
        for _ in 0..times {
            let frame = frame.clone();
            self.after(at - self.now(), move |world| {
                if !world.lines[line].dead && world.phone_is_there(line) {
                    world.phone_hears(world.lines[line].phone, frame);
                }
            });
        }
    }

    /// The connection is cut; each side finds out in its own time, or not at all.
    pub(crate) fn cut(&mut self, line: usize, unnoticed: bool) {
        self.lines[line].dead = true;
        if unnoticed {
            return;
        }
        let (one, other) = (self.latency() * 4, self.latency() * 4);
        self.after(one, move |world| world.phone_hears_the_end(line));
        self.after(other, move |world| world.session_ends(line));
    }

    /// The phone's side is closed; what it sent before arrives.
    pub(crate) fn phone_closes(&mut self, line: usize) {
        let at = self.lines[line].up_at.max(self.now() + self.latency());
        if !self.lines[line].dead {
            self.after(at - self.now(), move |world| world.session_ends(line));
        }
    }

    fn phone_hears_the_end(&mut self, line: usize) {
        if self.phone_is_there(line) {
            self.phone_lost_its_line(self.lines[line].phone);
        }
    }

    fn session_ends(&mut self, line: usize) {
        if self.node_is_there(line) {
            self.lines[line].node_closed = true;
            self.leave(line);
        }
    }

    fn leave(&mut self, line: usize) {
        let Line { node, session, .. } = &self.lines[line];
        self.nodes[*node].registry.leave(line, session.device());
    }

    /// Asks the session when nothing was heard for as long as it bears.
    fn watch_silence(&mut self, line: usize) {
        self.lines[line].heard += 1;
        let heard = self.lines[line].heard;
        let patience = u64::try_from(self.lines[line].session.patience().as_millis()).unwrap();
        self.after(patience, move |world| {
            if world.lines[line].heard == heard && world.node_is_there(line) {
                world.on_session(line, Input::Silence);
                world.watch_silence(line);
            }
        });
    }

    pub(crate) fn on_session(&mut self, line: usize, input: Input<'_>) {
        let now = self.time();
        for output in self.lines[line].session.handle(now, input) {
            self.session_says(line, output);
        }
    }

    fn session_says(&mut self, line: usize, output: Output) {
        let node = self.lines[line].node;
        match output {
            Output::Send(frame) => self.send_down(line, frame),
            Output::Refuse(wrong) => panic!("a phone's frame was refused: {wrong:?}"),
            Output::Check(hello) => self.check(line, hello),
            Output::Keep(ticket, origin, item) => self.keep(node, origin, item, move |world, at| {
                world.on_session(line, Input::Kept(ticket, at.ok_or(ErrorCode::Unavailable)));
            }),
            Output::TakeBack(ticket, origin, alert_id, _) => {
                self.keep(node, origin, Item::Cancel { alert_id }, move |world, at| {
                    world.on_session(line, Input::Kept(ticket, at.ok_or(ErrorCode::Unavailable)));
                });
            }
            Output::KeepFixes(ticket, _, fixes) => {
                let ids = fixes.into_iter().map(|fix| fix.fix_id).collect();
                self.keep_fixes(node, ids, move |world, at| {
                    world.on_session(line, Input::Kept(ticket, at.ok_or(ErrorCode::Unavailable)));
                });
            }
            Output::ReadMissed(what) => self.read_missed(line, what),
            Output::Join(device) => {
                if let Some(older) = self.nodes[node].registry.join(device, line) {
                    self.on_session(older, Input::Replaced);
                }
            }
            Output::Leave(device) => self.nodes[node].registry.leave_device(line, device),
            Output::Follow(alert) => self.nodes[node].registry.follow(alert, line),
            Output::Unfollow(alert) => self.nodes[node].registry.unfollow(alert, line),
            Output::Ping => self.ping(line),
            Output::Close(why) => {
                self.tell(|| format!("node {node} closes line {line}: {why:?}"));
                self.close_when_answered(line);
            }
        }
    }

    /// What is under way is answered before the connection ends.
    fn close_when_answered(&mut self, line: usize) {
        if !self.node_is_there(line) {
            return;
        }
        self.leave(line);
        if self.lines[line].session.is_keeping() {
            return self.after(50, move |world| world.close_when_answered(line));
        }
        self.lines[line].node_closed = true;
        let at = self.lines[line].down_at.max(self.now() + self.latency());
        if !self.lines[line].dead {
            self.after(at - self.now(), move |world| world.phone_hears_the_end(line));
        }
    }

    fn ping(&mut self, line: usize) {
        let there_and_back = self.latency() + self.latency();
        self.after(there_and_back, move |world| {
            let answered = !world.lines[line].dead && world.phone_is_there(line);
            if answered && world.node_is_there(line) {
                world.on_session(line, Input::Sign);
                world.watch_silence(line);
            }
        });
    }

    fn check(&mut self, line: usize, hello: Hello) {
        let known = self.phones.iter().find(|phone| hello.credential == phone.credential);
        let known = known.filter(|_| hello.credential.is_some());
        let origin = known.and_then(|phone| phone.device).map_or_else(Origin::unknown, origin_of);
        self.on_session(line, Input::Checked(hello, Checked { origin, renewed: None }));
    }

    fn read_missed(&mut self, line: usize, what: ReadMissed) {
        self.lines[line].reading += 1;
        let reading = self.lines[line].reading;
        let node = self.lines[line].node;
        let pause = u64::try_from(what.pause.as_millis()).unwrap();
        self.after(pause, move |world| {
            if world.lines[line].reading != reading || !world.node_is_there(line) {
                return;
            }
            let ReadMissed { device, follow, after, .. } = what;
            let read = move |pg: &mut Postgres, _| pg.entries_of_phone(device, &follow, after, REPLAY_PAGE);
            world.call(node, READ_MS_MAX, read, move |world, read| {
                if world.lines[line].reading != reading || !world.node_is_there(line) {
                    return;
                }
                match read {
                    Ok(entries) => {
                        let more = entries.len() >= REPLAY_PAGE;
                        world.on_session(line, Input::Missed { entries: &entries, more });
                    }
                    Err(_) => world.on_session(line, Input::MissedUnreadable),
                }
            });
        });
    }
}

/// Each device belongs to the worker of the same number.
pub(crate) fn origin_of(device: DeviceId) -> Origin {
    Origin { device_id: Some(device), worker_id: Some(WorkerId(device.0)), ..Origin::default() }
}
