//! What reading one message costs: chatter of several kinds, and every utterance of the table.
//!
//! `cargo bench -p commands --bench reading`, in less than a minute. bench/README.md has the figures.

use std::hint::black_box;
use std::time::Duration;

use commands::grammar::{FORMS, Said, read};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Talk of people and agents; the first has 60 characters.
const CHATTER: &[(&str, &str)] = &[
    ("plain", "I think that we can look at the gateway after lunch, though."),
    ("keyword", "Release notes for the gateway are nearly there, have a look."),
    ("stand", "I can't stand this gateway any more, let us throw it all out"),
    ("emoji", "🎉 it works, the gateway answers again, thanks to all of you!"),
    ("umlaut", "über das Gateway reden wir nach dem Essen, dann in aller Ruhe"),
    ("url", "https://example.invalid/a/long/path?with=parameters&and=more"),
];

/// Messages as agents post them, with their fields.
const UTTERANCES: &[(&str, &str)] = &[
    ("claim", "🔒 EXCLUSIVE CLAIM: rotate the hooks token\nOther bot: PAUSE on this task\nETA: 20 min"),
    ("mojibake claim", "üîí EXCLUSIVE CLAIM: rotate the hooks token\n‚è±Ô∏è ETA: 20 min"),
    ("done", "✅ DONE: rotate the hooks token\nResult: both gateways answer\nHANDOFF to: Oracle"),
    ("handoff", "🔄 HANDOFF to Oracle: api keys\n📄 What I did: one\n📍 Location: here\n✅ Next step: two"),
    ("conflict", "⚠️ CONFLICT — I already started api keys. Two of three are rotated."),
    ("stand down", "Oracle, stand down please"),
    (
        "twin",
        r#"{"type":"claim","agent":"oracle","resource":"task:api keys","scope":"write","ttl_minutes":30}"#,
    ),
];

fn reading(criterion: &mut Criterion) {
    for (group, messages) in [("chatter", CHATTER), ("utterance", UTTERANCES)] {
        let mut group = criterion.benchmark_group(group);
        for (name, text) in messages {
            let said = Said::plain(*text);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(name), &said, |bench, said| {
                bench.iter(|| read(black_box(said), false));
            });
        }
        group.finish();
    }
}

/// The average over the table, each as GRAMMAR.md shows it.
fn every_form(criterion: &mut Criterion) {
    let messages: Vec<Said> = FORMS.iter().map(|form| Said::plain(form.usage)).collect();
    let mut group = criterion.benchmark_group("table");
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function("every form", |bench| {
        bench.iter(|| messages.iter().map(|said| read(black_box(said), true).kind()).max());
    });
    group.finish();
}

fn briefly() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1))
}

criterion_group!(name = benches; config = briefly(); targets = reading, every_form);
criterion_main!(benches);
