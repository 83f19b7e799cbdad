use super::*;

fn example(system: bool) -> Service {
    Service {
        name: "mesh".into(),
        system,
        owner: (1000, 1001),
        user: "ops".into(),
        program: "/usr/local/bin/mesh".into(),
        config: "/srv/my mesh/100%/mesh.toml".into(),
        state: "/srv/my mesh/100%/state".into(),
    }
}

#[test]
fn a_unit_of_the_machine_writes_nothing_but_its_state() {
    let unit = systemd::unit(&example(true)).unwrap();
    for line in [
        "Type=notify",
        "WatchdogSec=60s",
        "ExecStart=\"/usr/local/bin/mesh\" run --config \"/srv/my mesh/100%%/mesh.toml\"",
        "WorkingDirectory=/srv/my mesh/100%%",
        "EnvironmentFile=-/srv/my mesh/100%%/mesh.env",
        "ReadWritePaths=\"/srv/my mesh/100%%/state\"",
        "ProtectSystem=strict",
        "User=1000",
        "Group=1001",
        "WantedBy=multi-user.target",
        "RestartPreventExitStatus=64 78",
    ] {
        assert!(unit.lines().any(|there| there == line), "{line} is not in\n{unit}");
    }
}

/// Every line: what is left out of a unit protects nobody.
#[test]
fn units_are_written_like_this() {
    for (system, wanted) in [(true, include_str!("machine.service")), (false, include_str!("user.service"))] {
        assert_eq!(systemd::unit(&example(system)).unwrap(), wanted);
    }
}

#[test]
fn a_unit_of_a_user_asks_for_nothing_a_user_may_not() {
    let unit = systemd::unit(&example(false)).unwrap();
    assert!(unit.contains("\nWantedBy=default.target\n") && unit.contains("\nNoNewPrivileges=yes\n"));
    for line in ["User=", "CapabilityBoundingSet=", "PrivateDevices=", "ProtectSystem="] {
        assert!(!unit.contains(line), "{line}");
    }
}

#[test]
fn a_path_that_would_break_out_of_its_line_is_refused() {
    let service = Service { config: "/srv/a\nUser=root/mesh.toml".into(), ..example(true) };
    assert!(systemd::unit(&service).is_err());
    assert!(launchd::plist(&service).is_err());
}

#[test]
fn a_property_list_names_program_and_configuration() {
    let service = Service { config: "/srv/<mesh> & co/mesh.toml".into(), ..example(true) };
    let plist = launchd::plist(&service).unwrap();
    assert!(plist.contains("<string>/srv/&lt;mesh&gt; &amp; co/mesh.toml</string>"), "{plist}");
    assert!(plist.contains("<string>dev.mesh.mesh</string>") && plist.contains(MARK));
    assert!(plist.contains("<key>UserName</key>\n  <string>ops</string>"));
}

#[test]
fn only_our_own_file_is_replaced_and_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("user/mesh.service");
    let first = format!("# {MARK}\n1\n");
    write(&path, &first, false).unwrap();
    write(&path, &first, false).unwrap();
    let second = format!("# {MARK}\n2\n");
    let refused = write(&path, &second, false).unwrap_err();
    assert!(refused.to_string().contains("--force"), "{refused}");
    write(&path, &second, true).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), second);
    fs::write(&path, "somebody else's").unwrap();
    assert!(write(&path, &second, true).unwrap_err().to_string().contains("not made by mesh"));
}

#[test]
fn names_are_plain() {
    assert_eq!(name("mesh-2").as_deref(), Ok("mesh-2"));
    for bad in ["", "-x", "a b", "a/b", "a%n", "..", &"x".repeat(65)] {
        assert!(name(bad).is_err(), "{bad}");
    }
}
