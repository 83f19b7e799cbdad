use super::*;

const PAYLOAD: [u8; 40] = [7; 40];

/// The client's side of a transport, written apart from the server's.
fn sent_by_client(name: &str, payload: &[u8], number: u32) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    match name {
        "full" => {
            let mut frame = (length + 12).to_le_bytes().to_vec();
            frame.extend(number.to_le_bytes());
            frame.extend(payload);
            let mut crc = flate2::Crc::new();
            crc.update(&frame);
            frame.extend(crc.sum().to_le_bytes());
            frame
        }
        "abridged" => [&[u8::try_from(payload.len() / 4).unwrap()], payload].concat(),
        _ => [&length.to_le_bytes(), payload].concat(),
    }
}

fn greeting(name: &str) -> Vec<u8> {
    match name {
        "full" => vec![],
        "abridged" => vec![0xef],
        "intermediate" => vec![0xee; 4],
        _ => vec![0xdd; 4],
    }
}

const NAMES: [&str; 4] = ["full", "abridged", "intermediate", "padded"];

#[test]
fn frames_come_through_whatever_the_pieces() {
    for name in NAMES {
        let mut stream = greeting(name);
        stream.extend(sent_by_client(name, &PAYLOAD, 0));
        stream.extend(sent_by_client(name, &PAYLOAD[..8], 1));
        for piece in [1, 3, 7, stream.len()] {
            let mut framing = Framing::default();
            let mut frames = Vec::new();
            for bytes in stream.chunks(piece) {
                framing.feed(bytes);
                while let Some(frame) = framing.next_frame().unwrap() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, [PAYLOAD.to_vec(), PAYLOAD[..8].to_vec()], "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn answers_are_framed_as_the_client_speaks() {
    for name in NAMES {
        let mut framing = Framing::default();
        assert!(framing.pack(&PAYLOAD).is_empty());
        framing.feed(&greeting(name));
        framing.feed(&sent_by_client(name, &PAYLOAD, 0));
        framing.next_frame().unwrap().unwrap();
        assert_eq!(framing.pack(&PAYLOAD), sent_by_client(name, &PAYLOAD, 0), "{name}");
        assert_eq!(framing.pack(&PAYLOAD), sent_by_client(name, &PAYLOAD, 1), "{name}");
    }
}

#[test]
fn obfuscated_both_ways() {
    for (tag, name) in [(0xef, "abridged"), (0xee, "intermediate"), (0xdd, "padded")] {
        let mut header: [u8; 64] = std::array::from_fn(|i| u8::try_from(i).unwrap() + 100);
        header[56..60].fill(tag);
        let mut client = ObfuscatedCipher::new(&header);
        let mut hidden = header;
        client.encrypt(&mut hidden);
        header[56..].copy_from_slice(&hidden[56..]);
        let mut frame = sent_by_client(name, &PAYLOAD, 0);
        client.encrypt(&mut frame);

        let mut framing = Framing::default();
        framing.feed(&[&header[..], &frame[..5]].concat());
        assert_eq!(framing.next_frame(), Ok(None), "{name}");
        framing.feed(&frame[5..]);
        assert_eq!(framing.next_frame(), Ok(Some(PAYLOAD.to_vec())), "{name}");
        let mut answer = framing.pack(&PAYLOAD);
        client.decrypt(&mut answer);
        assert_eq!(answer, sent_by_client(name, &PAYLOAD, 0), "{name}");
    }
}

#[test]
fn long_abridged_frames() {
    let payload = vec![3; 1000];
    let mut framing = Framing::default();
    framing.feed(&[&[0xef, 0x7f, 250, 0, 0][..], &payload].concat());
    assert_eq!(framing.next_frame(), Ok(Some(payload.clone())));
    assert_eq!(framing.pack(&payload)[..4], [0x7f, 250, 0, 0]);
}

#[test]
fn bad_frames_are_refused() {
    let after = |first: &[u8], second: &[u8]| {
        let mut framing = Framing::default();
        framing.feed(first);
        framing.feed(second);
        framing.next_frame()
    };
    assert_eq!(after(&[0xee; 4], &[255, 255, 255, 0x7f]), Err(FrameError::TooLong(0x7fff_ffff)));
    assert_eq!(after(&[0xef], &[0]), Err(FrameError::TooShort(0)));
    assert_eq!(after(&[4, 0, 0, 0], &[0; 8]), Err(FrameError::TooShort(4)));
    assert_eq!(after(&[16, 0, 0, 0], &[0; 12]), Err(FrameError::Checksum));
    assert_eq!(after(b"GET / HTTP/1.1\r\n", &[b'x'; 64]), Err(FrameError::UnknownTransport));
    let second_as_first = sent_by_client("full", &PAYLOAD, 0);
    assert_eq!(
        after(&second_as_first, &[]).map(|frame| frame.map(|frame| frame.len())),
        Ok(Some(PAYLOAD.len()))
    );
    let mut framing = Framing::default();
    framing.feed(&second_as_first);
    framing.feed(&second_as_first);
    framing.next_frame().unwrap();
    assert_eq!(framing.next_frame(), Err(FrameError::Sequence { expected: 1, got: 0 }));
}

#[test]
fn errors_are_three_words_on_full_and_one_elsewhere() {
    for (name, length) in [("full", 12), ("intermediate", 8), ("abridged", 5)] {
        let mut framing = Framing::default();
        framing.feed(&greeting(name));
        framing.feed(&sent_by_client(name, &PAYLOAD, 0));
        framing.next_frame().unwrap();
        let error = framing.pack_error(404);
        assert_eq!(error.len(), length, "{name}");
        assert_eq!(error[error.len() - 4..], (-404_i32).to_le_bytes());
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 1_u64;
    for round in 0..2_000_u64 {
        let mut framing = Framing::default();
        framing.feed(&greeting(NAMES[usize::try_from(round % 4).unwrap()]));
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            framing.feed(&state.to_le_bytes()[..usize::try_from(state >> 61).unwrap()]);
            if framing.next_frame().is_err() {
                break;
            }
        }
    }
}
