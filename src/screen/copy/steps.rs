//! What each step of looking back does: whole, or nothing where rows are missing.

use super::act::{Act, Move};
use super::book::Need;
use super::line::{Mark, Place};
use super::motion::Pose;
use super::search::Search;
use super::select::{Kind, Selection, TooLong};
use super::state::{Begin, Copy, Grip, Step, Wish};
use super::view::{Lens, Shown};

impl Copy {
    /// Does a step whole, or changes nothing.
    pub(super) fn perform(&mut self, step: &Step) -> Need<Vec<Wish>> {
        match step {
            Step::Begin(begin) => self.begin(*begin),
            Step::Act(act, count) => self.perform_act(*act, *count),
            Step::Scroll(rows) => self.perform_scroll(*rows),
            Step::Point(pointer) => self.perform_point(*pointer),
            Step::Search(text) => self.perform_search(text),
            Step::Land(place) => {
                let cursor = self.book.settle(*place)?;
                self.move_to(cursor)
            }
            Step::Settle => self.perform_settle(),
        }
    }

    /// Takes a pose over once every row of its view is there.
    pub(super) fn pose_at(&mut self, pose: Pose) -> Need<()> {
        let shown = self.lens.rows(&self.book, pose.top)?;
        self.book.keep(Lens::numbers(&shown));
        self.pose = Some(pose);
        Ok(())
    }

    /// Puts the cursor somewhere and the view around it.
    pub(super) fn move_to(&mut self, cursor: Place) -> Need<Vec<Wish>> {
        let pose = self.pose.unwrap_or_default();
        let pose = Pose {
            top: self.lens.follow(&self.book, pose.top, cursor)?,
            cursor,
            wanted: self.motion().view_column(cursor)?,
        };
        self.pose_at(pose)?;
        Ok(Vec::new())
    }

    fn begin(&mut self, begin: Begin) -> Need<Vec<Wish>> {
        let bounds = self.book.bounds()?;
        let row = |number: u16| (bounds.top + u64::from(number)).min(bounds.end - 1);
        let (column, down) = begin.cursor;
        let line = self.book.line(row(down))?;
        let cursor = line.place(line.at_ink(line.column_of(row(down), usize::from(column))));
        let first = self.book.line(row(begin.first))?;
        let top = Place {
            line: first.first,
            column: first.column_of(row(begin.first), 0),
        };
        let top = match self.grip {
            Grip::Keys => self.lens.follow(&self.book, top, cursor)?,
            Grip::Passive => top.min(self.lens.lowest(&self.book)?),
        };
        let wanted = self.motion().view_column(cursor)?;
        self.pose_at(Pose {
            top,
            cursor,
            wanted,
        })?;
        self.entered = bounds.top;
        if let Some(prompt) = &mut self.prompt {
            prompt.from = prompt.from.or(self.pose);
        }
        Ok(Vec::new())
    }

    fn perform_act(&mut self, act: Act, count: Option<u32>) -> Need<Vec<Wish>> {
        let pose = self.pose.unwrap_or_default();
        match act {
            Act::Move(how) => {
                let next = self.motion().go(pose, how, count)?;
                self.pose_at(next)?;
                if matches!(how, Move::Prompt(_)) && next.cursor == pose.cursor {
                    return Ok(vec![Wish::Tell(
                        "no prompt is marked there: the shell must mark its prompts (OSC 133)",
                    )]);
                }
            }
            Act::Select(kind) => self.select(kind, pose.cursor),
            Act::OtherEnd => return self.other_end(pose),
            Act::Copy => return self.copy_selection(pose, Some(Wish::Leave)),
            Act::CopyOutput => return self.copy_output(pose),
            Act::Next | Act::Previous => return self.next_match(pose, act, count),
            Act::Escape | Act::Leave => {}
        }
        Ok(Vec::new())
    }

    fn select(&mut self, kind: Kind, cursor: Place) {
        self.selection = match self.selection {
            Some(known) if known.kind == kind => None,
            Some(known) => Some(Selection { kind, ..known }),
            None => Some(Selection {
                anchor: cursor,
                kind,
            }),
        };
    }

    fn other_end(&mut self, pose: Pose) -> Need<Vec<Wish>> {
        let Some(selection) = self.selection else {
            return Ok(vec![Wish::Tell("nothing is selected")]);
        };
        let told = self.move_to(selection.anchor)?;
        self.selection = Some(Selection {
            anchor: pose.cursor,
            ..selection
        });
        Ok(told)
    }

    /// Copies what is selected, and what is to be done besides.
    pub(super) fn copy_selection(&mut self, pose: Pose, then: Option<Wish>) -> Need<Vec<Wish>> {
        let Some(selection) = self.selection else {
            return Ok(vec![Wish::Tell(
                "nothing is selected yet: v, V or Ctrl-v begin a selection",
            )]);
        };
        let span = self.motion().span(selection, pose.cursor)?;
        Ok(match self.motion().text(span)? {
            Ok(text) => [Wish::Copied(text)].into_iter().chain(then).collect(),
            Err(TooLong) => vec![Wish::TooLong],
        })
    }

    fn copy_output(&mut self, pose: Pose) -> Need<Vec<Wish>> {
        let motion = self.motion();
        let bounds = self.book.bounds()?;
        let row = self.book.line(pose.cursor.line)?.row_of(pose.cursor.column);
        let Some(from) = motion.marked_back(bounds.oldest, row + 1, Mark::Output)? else {
            return Ok(vec![Wish::Tell(
                "no command was marked above: the shell must mark its commands (OSC 133)",
            )]);
        };
        let prompt = motion.marked(from + 1..bounds.end, Mark::Prompt)?;
        let to = prompt.unwrap_or(bounds.end);
        Ok(match motion.rows_text(from..to)? {
            Ok(text) => {
                let text = format!("{}\n", text.trim_end_matches('\n'));
                vec![Wish::Copied(text), Wish::Leave]
            }
            Err(TooLong) => vec![Wish::TooLong],
        })
    }

    fn next_match(&mut self, pose: Pose, act: Act, count: Option<u32>) -> Need<Vec<Wish>> {
        let Some(search) = &self.search else {
            return Ok(vec![Wish::Tell("nothing was searched for yet: / searches")]);
        };
        let direction = match act {
            Act::Previous => search.direction.turned(),
            _ => search.direction,
        };
        let mut place = pose.cursor;
        for _ in 0..count.unwrap_or(1).clamp(1, 10_000) {
            let Some(next) = search.next(place, direction)? else {
                return Ok(vec![Wish::Tell("there is no match")]);
            };
            place = next;
        }
        let told = self.move_to(place)?;
        if let Some(search) = &mut self.search {
            search.current = Some(place);
        }
        Ok(told)
    }

    fn perform_scroll(&mut self, rows: i64) -> Need<Vec<Wish>> {
        let pose = self.pose.unwrap_or_default();
        let lowest = self.lens.lowest(&self.book)?;
        let top = self
            .lens
            .step(&self.book, pose.top, rows.saturating_neg())?
            .min(lowest);
        let mut next = Pose { top, ..pose };
        if self.grip == Grip::Keys {
            next.cursor = self.nearest_in_view(next)?;
        }
        self.pose_at(next)?;
        let over = self.grip == Grip::Passive && rows < 0 && top == lowest;
        Ok(if over && self.selection.is_none() {
            vec![Wish::Leave]
        } else {
            Vec::new()
        })
    }

    /// The place in view that is nearest to the cursor.
    fn nearest_in_view(&self, pose: Pose) -> Need<Place> {
        let shown = self.lens.rows(&self.book, pose.top)?;
        if shown.iter().any(|row| row.holds(pose.cursor)) {
            return Ok(pose.cursor);
        }
        let above = pose.cursor < pose.top;
        let row: Option<&Shown> = if above { shown.first() } else { shown.last() };
        Ok(row.map_or(pose.cursor, |row| row.place(pose.wanted)))
    }

    fn perform_search(&mut self, text: &str) -> Need<Vec<Wish>> {
        let Some(prompt) = self.prompt else {
            return Ok(Vec::new());
        };
        let from = prompt.from.or(self.pose).unwrap_or_default();
        let begun = if text.is_empty() || text == super::search::REGEX_FLAG {
            Ok(None)
        } else {
            Search::begin(text, prompt.direction, from.cursor, &self.book)?.map(Some)
        };
        self.pose_at(from)?;
        match begun {
            Ok(search) => (self.search, self.problem) = (search, None),
            Err(problem) => (self.search, self.problem) = (None, Some(problem)),
        }
        Ok(Vec::new())
    }

    fn perform_settle(&mut self) -> Need<Vec<Wish>> {
        let Some(pose) = self.pose else {
            return Ok(Vec::new());
        };
        let cursor = self.book.settle(pose.cursor)?;
        let top = self.book.settle(pose.top)?;
        let top = match self.grip {
            Grip::Keys => self.lens.follow(&self.book, top, cursor)?,
            Grip::Passive => self
                .lens
                .start(&self.book, top)?
                .min(self.lens.lowest(&self.book)?),
        };
        let wanted = self.motion().view_column(cursor)?;
        let selection = match self.selection {
            Some(known) => Some(Selection {
                anchor: self.book.settle(known.anchor)?,
                ..known
            }),
            None => None,
        };
        self.pose_at(Pose {
            top,
            cursor,
            wanted,
        })?;
        self.selection = selection;
        Ok(Vec::new())
    }
}
