//! What is measured, and how: floods, echo, peeks, attaching, memory, idle cost.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::cost;
use super::once::once;
use super::options::Options;
use super::panes::digits;
use super::peers::Instance;
use super::{Program, View};

/// How long a flood, and anything smaller, may take.
const FLOOD_MAX: Duration = Duration::from_secs(120);
const LITTLE: Duration = Duration::from_secs(10);
/// How long quiet is measured, and how long full terminals rest before they are weighed.
const QUIET: Duration = Duration::from_secs(30);
const REST: Duration = Duration::from_secs(10);
/// Keys typed into one line; each is a letter of its own, so that no redraw can pass for its echo.
const LINE: usize = 50;
/// Lines of a full history, with some more that stand on the screen and beyond.
const FULL: usize = 10_600;

/// A kind of measurement, as `--only` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    FloodDetached,
    FloodAttached,
    EchoQuiet,
    EchoVisible,
    EchoHidden,
    Peek,
    Attach,
    Memory,
    Idle,
}

impl Measure {
    pub(crate) const ALL: [Self; 9] = [
        Self::FloodDetached,
        Self::FloodAttached,
        Self::EchoQuiet,
        Self::EchoVisible,
        Self::EchoHidden,
        Self::Peek,
        Self::Attach,
        Self::Memory,
        Self::Idle,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FloodDetached => "flood-detached",
            Self::FloodAttached => "flood-attached",
            Self::EchoQuiet => "echo-quiet",
            Self::EchoVisible => "echo-visible",
            Self::EchoHidden => "echo-hidden",
            Self::Peek => "peek",
            Self::Attach => "attach",
            Self::Memory => "memory",
            Self::Idle => "idle",
        }
    }
}

/// All values of one measurement of one program.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) program: Program,
    pub(crate) values: Vec<f64>,
}

/// A run of the benchmark.
pub(crate) struct Bench<'a> {
    options: &'a Options,
    programs: Vec<(Program, PathBuf)>,
    rows: Vec<Row>,
    files: TempDir,
    marks: usize,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        options: &'a Options,
        programs: Vec<(Program, PathBuf)>,
    ) -> Result<Self, String> {
        if programs.is_empty() {
            return Err("nothing to measure".to_owned());
        }
        let files = tempfile::tempdir_in("/tmp").map_err(|error| error.to_string())?;
        digits(&files.path().join("flood"), options.flood * 1_000_000, 0);
        digits(&files.path().join("piece"), 2_000_000, 0);
        digits(&files.path().join("full"), 0, FULL);
        Ok(Self {
            options,
            programs,
            rows: Vec::new(),
            files,
            marks: 0,
        })
    }

    /// Measures everything that is asked for.
    pub(crate) fn measure(mut self) -> Vec<Row> {
        let (many, few): (Vec<Measure>, Vec<Measure>) = self
            .options
            .only
            .iter()
            .partition(|one| matches!(one, Measure::Memory | Measure::Idle));
        if !few.is_empty() {
            let mut instances = self.start(3);
            for _ in 0..self.options.rounds {
                for measure in &few {
                    for instance in &mut instances {
                        if let Err(why) = self.one(*measure, instance) {
                            self.skipped(*measure, instance.program, &why);
                        }
                        instance.detach();
                    }
                }
            }
        }
        if !many.is_empty() {
            self.many(&many);
        }
        self.rows
    }

    fn start(&self, panes: usize) -> Vec<Instance> {
        let mut instances = Vec::new();
        for (program, binary) in &self.programs {
            match Instance::start(*program, binary, panes) {
                Ok(instance) => instances.push(instance),
                Err(why) => println!("{} does not start: {why}", program.name()),
            }
        }
        instances
    }

    fn skipped(&self, measure: Measure, program: Program, why: &str) {
        if !self.options.json {
            println!("{} of {}: {why}", measure.name(), program.name());
        }
    }

    fn note(&mut self, what: &'static str, program: Program, value: f64) {
        let row = self
            .rows
            .iter_mut()
            .find(|row| row.what == what && row.program == program);
        match row {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row {
                what,
                program,
                values: vec![value],
            }),
        }
    }

    /// A word that no flood holds and that was never drawn before.
    fn mark(&mut self) -> String {
        self.marks += 1;
        let letter = |at: usize| char::from(b'A' + (at % 26) as u8);
        format!("END{}{}", letter(self.marks / 26), letter(self.marks))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn one(&mut self, measure: Measure, on: &mut Instance) -> Result<(), String> {
        match measure {
            Measure::FloodDetached if !on.detaches() => Err("always has a viewer".to_owned()),
            Measure::FloodDetached => self.flood(on, false),
            Measure::FloodAttached => self.flood(on, true),
            Measure::EchoQuiet => self.echo(on, "echo quiet, ms", (View::Alone, 0), None),
            Measure::EchoVisible => {
                self.echo(on, "echo beside a flood, ms", (View::Beside, 1), Some(2))
            }
            Measure::EchoHidden => {
                self.echo(on, "echo, hidden flood, ms", (View::Alone, 0), Some(1))
            }
            Measure::Peek => self.peek(on),
            Measure::Attach => self.attach(on),
            Measure::Memory | Measure::Idle => Ok(()),
        }
    }

    fn flood(&mut self, on: &mut Instance, watched: bool) -> Result<(), String> {
        let mark = self.mark();
        if watched {
            on.panes.run(0, "clear; echo READY");
            on.attach(View::Alone, Some("READY"))?;
            if on.detaches() {
                on.outer.as_ref().and_then(|outer| outer.came(LITTLE));
            }
        }
        let servers = on.servers();
        let (cpu, drawn) = (cost::cpu(&servers), on.outer.as_ref().map(|o| o.bytes()));
        if let Some(outer) = &on.outer {
            outer.expect(&mark);
        }
        let line = format!(
            "cat '{}'; echo {mark}; say {mark}",
            self.file("flood").display()
        );
        let started = Instant::now();
        on.panes.run(0, &line);
        let mut ended = on.panes.said(&mark, FLOOD_MAX)?;
        if watched && let Some(outer) = &on.outer {
            // One that keeps the whole flood to draw it later needs its time.
            ended = outer
                .came(FLOOD_MAX)
                .ok_or("the end of the flood never showed")?;
        }
        let wall = ended.saturating_duration_since(started).as_secs_f64();
        let spent = cost::cpu(&on.servers()).saturating_sub(cpu).as_secs_f64();
        let names = if watched {
            ("flood attached, s", "flood attached, CPU s")
        } else {
            ("flood detached, s", "flood detached, CPU s")
        };
        self.note(names.0, on.program, wall);
        self.note(names.1, on.program, spent);
        if let (Some(before), Some(outer)) = (drawn, &on.outer) {
            let drawn = (outer.bytes() - before) as f64 / 1e6;
            self.note("flood attached, MB drawn", on.program, drawn);
        }
        Ok(())
    }

    fn echo(
        &mut self,
        on: &mut Instance,
        what: &'static str,
        (view, pane): (View, usize),
        flooding: Option<usize>,
    ) -> Result<(), String> {
        on.attach(view, None)?;
        std::thread::sleep(Duration::from_millis(500));
        let program = on.program;
        let mut taken = Vec::new();
        {
            let outer = on.outer.as_ref().ok_or("has no viewer")?;
            let piece = self.file("piece");
            let _flood = flooding.map(|pane| on.panes.flood(pane, &piece));
            let mut random = fastrand::Rng::with_seed(11);
            while taken.len() < self.options.keys {
                on.panes
                    .run(pane, "clear; say typing; cat >/dev/null; say typed");
                on.panes.said("typing", LITTLE)?;
                std::thread::sleep(Duration::from_millis(200));
                for at in 0..LINE.min(self.options.keys - taken.len()) {
                    let letter = char::from_u32(0x0410 + at as u32)
                        .unwrap_or('-')
                        .to_string();
                    std::thread::sleep(Duration::from_micros(random.u64(8_000..25_000)));
                    outer.expect(&letter);
                    let started = Instant::now();
                    outer.keys(&letter);
                    let came = outer
                        .came(LITTLE)
                        .ok_or_else(|| format!("no echo of key {} in pane {pane}", at + 1))?;
                    let wait = came.saturating_duration_since(started);
                    taken.push(wait.as_secs_f64() * 1000.0);
                }
                outer.keys("\r");
                outer.keys("\u{4}");
                on.panes.said("typed", LITTLE)?;
            }
        }
        for value in taken {
            self.note(what, program, value);
        }
        Ok(())
    }

    fn peek(&mut self, on: &Instance) -> Result<(), String> {
        let run = on.peek().ok_or("has no peek")?;
        // The first warms caches and is not counted.
        once(&run);
        for _ in 0..100 {
            let (wall, cpu) = once(&run);
            self.note("peek, ms", on.program, wall.as_secs_f64() * 1000.0);
            self.note("peek, CPU ms", on.program, cpu.as_secs_f64() * 1000.0);
        }
        Ok(())
    }

    fn attach(&mut self, on: &mut Instance) -> Result<(), String> {
        if !on.detaches() {
            return Err("cannot be attached to".to_owned());
        }
        for _ in 0..5 {
            let mark = self.mark();
            on.panes.run(0, &format!("clear; echo {mark}; say {mark}"));
            on.panes.said(&mark, LITTLE)?;
            let started = Instant::now();
            on.attach(View::Alone, Some(&mark))?;
            let outer = on.outer.as_ref().ok_or("has no viewer")?;
            let came = outer.came(LITTLE).ok_or("no frame came")?;
            let wait = came.saturating_duration_since(started);
            self.note(
                "attach to frame, ms",
                on.program,
                wait.as_secs_f64() * 1000.0,
            );
            on.detach();
        }
        Ok(())
    }

    /// Memory and idle cost of many panes; all programs rest at the same time.
    fn many(&mut self, wanted: &[Measure]) {
        let panes = self.options.panes;
        let mut instances = self.start(panes);
        std::thread::sleep(REST);
        for on in &instances {
            let servers = on.servers();
            self.note("idle panes, RSS MB", on.program, cost::resident(&servers));
            self.note(
                "idle panes, threads",
                on.program,
                cost::threads(&servers) as f64,
            );
        }
        if wanted.contains(&Measure::Idle) {
            self.idle(&instances);
        }
        if !wanted.contains(&Measure::Memory) {
            return;
        }
        for on in &mut instances {
            let line = format!("cat '{}'; say full", self.file("full").display());
            for pane in 0..panes {
                on.panes.run(pane, &line);
                if let Err(why) = on.panes.said("full", FLOOD_MAX) {
                    self.skipped(Measure::Memory, on.program, &why);
                }
            }
        }
        std::thread::sleep(REST);
        for on in &instances {
            let resident = cost::resident(&on.servers());
            self.note("full histories, RSS MB", on.program, resident);
        }
    }

    fn idle(&mut self, instances: &[Instance]) {
        let before: Vec<_> = instances
            .iter()
            .map(|on| {
                let servers = on.servers();
                (cost::cpu(&servers), cost::of_children(&servers), servers)
            })
            .collect();
        std::thread::sleep(QUIET);
        for (on, (cpu, children, servers)) in instances.iter().zip(before) {
            let spent = cost::cpu(&servers).saturating_sub(cpu);
            let percent = spent.as_secs_f64() / QUIET.as_secs_f64() * 100.0;
            self.note("idle panes, CPU %", on.program, percent);
            let spawned =
                cost::of_children(&servers) != children || on.servers().len() != servers.len();
            self.note(
                "idle panes, spawns (0 or 1)",
                on.program,
                f64::from(u8::from(spawned)),
            );
        }
    }
}
