//! Writers and the engine killed at random: nothing acknowledged is lost. The full run is the
//! campaign `writers`.

use std::time::Duration;

use crate::journal;

#[test]
fn d1_killed_writers_and_engines_lose_no_acknowledged_write() {
    let report = journal::run(Duration::from_secs(4), 1);
    assert!(report.faults.is_empty(), "{report:#?}");
    assert!(report.acknowledged > 20, "{report:#?}");
    assert!(
        report.killed_engines > 1 && report.killed_writers > 1,
        "{report:#?}"
    );
}
