//! The loop: messages in, effects out, frames when something visible changed.
//!
//! The first frame is drawn before anything is connected. Pending messages are taken in before a
//! frame; frames come at most 60 a second, but the echo of a key at once (DECISIONS 12).

#![expect(
    clippy::disallowed_methods,
    reason = "the loop owns the console's clocks"
)]

mod keys;
mod signals;

use std::io;
use std::time::{Duration, Instant, SystemTime};

use super::app::App;
use super::editor;
use super::guard::Guard;
use super::inbox::Inbox;
use super::look::Look;
use super::msg::{Effect, Msg};
use super::sources::Sources;
use super::viewer::Solo;
use crate::client::TownClient;
use crate::domain::{Refusal, RunId};
use crate::support::paths::TownPaths;
use crate::verbs::Context;

pub(crate) use keys::Keys;
pub(crate) use signals::Signals;

/// Shortest time between two frames that are not an echo.
const FRAME: Duration = Duration::from_micros(16_600);
/// Longest time that messages are taken in before a frame.
const TAKE_IN: Duration = Duration::from_millis(8);

/// What the console is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where typed lines are read: folder, home, settings, environment for `gt up`.
    pub context: Context,
    /// Starts engine and host where they do not run; never an agent.
    pub start: fn(&TownPaths) -> Result<(), Refusal>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            context: Context::default(),
            start: |paths| TownClient::start(paths.clone()).map(drop),
        }
    }
}

/// Opens the console on a town and returns when the operator leaves it.
pub fn run(paths: &TownPaths, options: Options) -> Result<(), Refusal> {
    let look = Look::read();
    let mut guard = Guard::enter(look.mouse, &paths.logs().join("console.log"))?;
    let mut app = App::new(look, options.context.clone(), guard.size(), wall());
    guard.draw(&app).map_err(|error| broken(&error))?;
    app.drawn();
    let inbox = Inbox::default();
    let mut sources = Sources::new(inbox.clone(), paths.clone(), options);
    sources.listen();
    sources.subscribe();
    sources.carry_out(Effect::Start);
    turn(&mut app, &mut guard, &inbox, &mut sources)
}

/// Shows terminals, each with a title, and nothing else; returns when the operator leaves them.
pub fn attach(
    paths: &TownPaths,
    runs: Vec<(String, RunId)>,
    read_only: bool,
) -> Result<(), Refusal> {
    let look = Look::read();
    let mut guard = Guard::enter(look.mouse, &paths.logs().join("console.log"))?;
    let solo = Solo { read_only };
    let (mut app, effects) = App::solo(look, guard.size(), wall(), runs, solo);
    let inbox = Inbox::default();
    let mut sources = Sources::new(inbox.clone(), paths.clone(), Options::default());
    sources.listen();
    sources.subscribe();
    for effect in effects {
        sources.carry_out(effect);
    }
    turn(&mut app, &mut guard, &inbox, &mut sources)
}

/// Takes messages in and draws until the operator leaves.
fn turn(
    app: &mut App,
    guard: &mut Guard,
    inbox: &Inbox,
    sources: &mut Sources,
) -> Result<(), Refusal> {
    let mut drawn = Instant::now();
    loop {
        if let Some(msg) = inbox.take(wait(app, inbox, drawn)) {
            if take_in(app, guard, sources, msg)? {
                return Ok(());
            }
            let begun = Instant::now();
            while !app.urgent
                && begun.elapsed() < TAKE_IN
                && let Some(msg) = inbox.take(Some(Duration::ZERO))
            {
                if take_in(app, guard, sources, msg)? {
                    return Ok(());
                }
            }
        }
        if app.due().is_some_and(|at| at <= wall()) && take_in(app, guard, sources, Msg::Tick)? {
            return Ok(());
        }
        if show(app, guard, drawn.elapsed() >= FRAME).map_err(|error| broken(&error))? {
            drawn = Instant::now();
        }
        if drawn.elapsed() >= FRAME {
            inbox.begin_frame();
        }
    }
}

/// Draws what is due: an echo at once, everything else when a frame's time is over. Says whether
/// that was a frame.
fn show(app: &mut App, guard: &mut Guard, frame_due: bool) -> io::Result<bool> {
    if app.dirty && (app.urgent || frame_due) {
        guard.draw(app)?;
    } else if app.urgent && !frame_due {
        guard.draw_changed(app, true)?;
        app.echoed();
        return Ok(false);
    } else if app.wants_frame() && frame_due {
        guard.draw_changed(app, false)?;
    } else {
        return Ok(false);
    }
    app.drawn();
    Ok(true)
}

/// How long to wait for a message: until the next frame may be drawn, or something is due.
fn wait(app: &App, inbox: &Inbox, drawn: Instant) -> Option<Duration> {
    if app.wants_frame() || inbox.is_held_back() {
        let frame = if app.urgent { Duration::ZERO } else { FRAME };
        return Some(frame.saturating_sub(drawn.elapsed()));
    }
    let due = app.due()?;
    let left = u64::try_from(due - wall()).unwrap_or(0);
    Some(Duration::from_millis(left))
}

/// Takes a message in and carries out what comes of it; says whether the console ends.
fn take_in(
    app: &mut App,
    guard: &mut Guard,
    sources: &mut Sources,
    msg: Msg,
) -> Result<bool, Refusal> {
    for effect in app.update(msg, wall()) {
        let done = match effect {
            Effect::Quit => return Ok(true),
            Effect::Redraw => guard.forget(),
            Effect::Copy(text) => guard.copy(&text),
            Effect::Edit(text) => {
                edit(app, guard, sources, &text)?;
                Ok(())
            }
            Effect::Bell => guard.bell(),
            Effect::Suspend => guard.suspend(),
            Effect::Retake => guard.retake(),
            Effect::Keyboard(events) => guard.set_keyboard(events),
            other => {
                sources.carry_out(other);
                Ok(())
            }
        };
        done.map_err(|error| broken(&error))?;
    }
    Ok(false)
}

/// Gives the terminal to the operator's editor, and takes it again.
fn edit(
    app: &mut App,
    guard: &mut Guard,
    sources: &mut Sources,
    text: &str,
) -> Result<(), Refusal> {
    let shown = sources.lend(|| {
        guard.give_up();
        let shown = editor::show(text);
        guard.retake().map_err(|error| broken(&error))?;
        Ok::<_, Refusal>(shown)
    })?;
    if let Err(why) = shown {
        app.toasts.error(&why.to_string(), wall());
    }
    app.dirty = true;
    // The size may have changed while nobody listened.
    for effect in app.update(Msg::Resize(guard.size().0, guard.size().1), wall()) {
        sources.carry_out(effect);
    }
    Ok(())
}

fn broken(error: &io::Error) -> Refusal {
    Refusal::failed(format!("the terminal cannot be written to: {error}"))
}

/// Wall time in milliseconds.
fn wall() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |passed| {
            i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
        })
}
