//! kill -9 at every step that the program has: each once. `bench/crash.rs` does it some hundred times.

use std::collections::BTreeSet;

use super::harness::listed_fail_points;
use super::matrix::{MATRIX, Scene, run};

/// The program lists its steps; none may be left out here, nor invented.
#[tokio::test]
async fn every_step_is_in_the_matrix() {
    let listed: BTreeSet<String> = listed_fail_points().await.into_iter().collect();
    let tried: BTreeSet<String> =
        MATRIX.iter().flat_map(|(_, points)| points.iter().map(|point| (*point).to_owned())).collect();
    assert_eq!(tried, listed);
}

async fn at_its_steps(scene: Scene) {
    for (_, points) in MATRIX.iter().filter(|(of, _)| *of == scene) {
        for point in *points {
            run(scene, point).await;
        }
    }
}

macro_rules! killed {
    ($($name:ident: $scene:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                at_its_steps(Scene::$scene).await;
            }
        )*
    };
}

killed! {
    sending_a_file: File,
    granting_a_claim: Claim,
    finishing_a_task: Done,
    answering_a_command: Command,
    replacing_a_card: Card,
    answering_a_tap: Tap,
    deleting_a_secret: Secret,
    answering_in_private: Private,
    saying_what_was_ordered: Order,
    pressing_a_button: Press,
    looking_something_up: Look,
    restarting_an_agent: Drive,
    starting_anew: Restart,
}
