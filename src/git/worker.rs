//! The loop behind the hidden `gt git-worker` process: requests in, replies out, one at a time.
//!
//! It ends at the end of its input; its parent closes that after 30 idle seconds. A line that is
//! no request ends it with an error, because the two ends no longer agree on anything.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::job::do_job;
use super::open::GitContext;
use crate::domain::{GitJob, GitOutcome, GitReply, GitRequest};

/// Serves requests, one JSON line each, until the input ends.
pub fn serve(input: impl BufRead, mut output: impl Write, cx: &GitContext) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let request: GitRequest = serde_json::from_str(&line)?;
        let reply = GitReply {
            id: request.id,
            outcome: guarded(&request.job, cx),
        };
        let mut bytes = serde_json::to_vec(&reply)?;
        bytes.push(b'\n');
        output.write_all(&bytes)?;
        output.flush()?;
    }
    Ok(())
}

/// A defect in one job must not take the others down: it becomes that job's failure.
fn guarded(job: &GitJob, cx: &GitContext) -> GitOutcome {
    catch_unwind(AssertUnwindSafe(|| do_job(job, cx))).unwrap_or_else(|_| GitOutcome::Failed {
        reason: "the git worker met a defect of its own; its log says where".to_owned(),
    })
}
