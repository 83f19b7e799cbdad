//! `help`: where the servers are and what they allow.

// All methods have one signature.
#![expect(clippy::unnecessary_wraps, reason = "all methods stand in one table")]

use std::net::IpAddr;

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::view::date;
use crate::world::TEXT_LIMIT;

/// The data centre this server says it is: grammers' default home.
pub const THIS_DC: i32 = 2;
/// Telegram has five; every one of them is this server.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;
/// Seconds a client may keep the configuration.
const CONFIG_LASTS: i32 = 3600;

pub fn get_config(call: &mut Call, _: &f::help::GetConfig) -> Result<enums::Config, RpcError> {
    let now = date(call.world().now());
    Ok(types::Config {
        date: now,
        expires: now.saturating_add(CONFIG_LASTS),
        this_dc: THIS_DC,
        dc_options: dc_options(call),
        ..limits()
    }
    .into())
}

pub fn get_nearest_dc(_: &mut Call, _: &f::help::GetNearestDc) -> Result<enums::NearestDc, RpcError> {
    Ok(types::NearestDc { country: "XX".to_owned(), this_dc: THIS_DC, nearest_dc: THIS_DC }.into())
}

pub fn get_app_config(_: &mut Call, _: &f::help::GetAppConfig) -> Result<enums::help::AppConfig, RpcError> {
    let config = types::JsonObject { value: Vec::new() }.into();
    Ok(types::help::AppConfig { hash: 1, config }.into())
}

/// Every data centre at this server's own address, so that no client ever leaves it.
fn dc_options(call: &Call) -> Vec<enums::DcOption> {
    let address = call.shared().address;
    let option = |id| types::DcOption {
        ipv6: matches!(address.ip(), IpAddr::V6(_)),
        media_only: false,
        tcpo_only: false,
        cdn: false,
        r#static: true,
        this_port_only: true,
        id,
        ip_address: address.ip().to_string(),
        port: address.port().into(),
        secret: None,
    };
    DCS.map(option).map(Into::into).collect()
}

fn limits() -> types::Config {
    types::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date: 0,
        expires: 0,
        test_mode: false,
        this_dc: THIS_DC,
        dc_options: Vec::new(),
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: String::new(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1024,
        message_length_max: i32::try_from(TEXT_LIMIT).unwrap_or(i32::MAX),
        webfile_dc_id: THIS_DC,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    }
}
