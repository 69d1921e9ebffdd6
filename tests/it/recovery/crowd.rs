//! Many readings at once are no reason to cut a client that reads.

use freshtrack::domain::{DeviceId, OrganizationId, ReadingId, UnitId};
use freshtrack::storage::{
    Database,
    quarantine::KeptMessage,
    writer::job::{NewReading, Stored, Uplink},
};
use serde_json::Value;

use super::BOTH;
use crate::support::{DEMO, TestApp};

/// Readings of one second.
const READINGS: usize = 5_000;

/// Readings of one message, and of one unit in a flush.
const PER_UPLINK: usize = 250;

async fn ids(app: &TestApp) -> (OrganizationId, Vec<(UnitId, DeviceId)>) {
    let me = app.get(&DEMO, "/api/v1/auth/me").await;
    let units = app.get(&DEMO, "/api/v1/units").await;
    let id = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let items = units["items"].as_array().unwrap();
    let units = items.iter().map(|unit| {
        let device = unit["primaryDeviceId"].as_str().unwrap().parse().unwrap();
        (id(&unit["id"]), device)
    });
    let organization = me["organizationId"].as_str().unwrap().parse().unwrap();
    (organization, units.collect())
}

fn uplink(app: &TestApp, whose: OrganizationId, (unit, device): (UnitId, DeviceId)) -> Uplink {
    let clock = app.clock.clock();
    let now = clock.now();
    let reading = |_| {
        let id = clock.new_id();
        NewReading {
            id: ReadingId(id),
            frame_key: *id.as_bytes(),
            seen_key: *id.as_bytes(),
            history: false,
            simulated: false,
            measured_at: now,
            temperature: Some(3.25),
            humidity: Some(45.5),
            door_open: Some(false),
            battery_percent: Some(87.0),
            battery_volts: Some(3.043),
            signal: Some(-87.0),
            fault: false,
            f_port: Some(2),
            payload: None,
        }
    };
    Uplink {
        organization_id: whose,
        device_id: device,
        unit_id: unit,
        arrived_at: now,
        seen_at: now,
        simulated: false,
        readings: (0..PER_UPLINK).map(reading).collect(),
        message: KeptMessage {
            id: clock.new_id(),
            dev_eui: None,
            body: "{}".to_owned(),
            keep: 1,
        },
    }
}

#[actix_web::test]
async fn a_client_that_reads_gets_five_thousand_readings_of_a_second() {
    let app = TestApp::start().await;
    let (organization, units) = ids(&app).await;
    let [mut one, mut other] = [
        app.client_by(&DEMO, BOTH[0]).await,
        app.client_by(&DEMO, BOTH[1]).await,
    ];
    let database: Database = app.database().await;
    let turn = units.iter().cycle().take(READINGS / PER_UPLINK);
    let stored = turn.map(|unit| database.writer().store(uplink(&app, organization, *unit)));
    for stored in futures_util::future::join_all(stored).await {
        let all = Stored::Readings {
            stored: PER_UPLINK,
            duplicates: 0,
        };
        assert_eq!(stored.unwrap(), all);
    }
    database.close().await;
    let mark = app.mark(&DEMO).await;
    for client in [&mut one, &mut other] {
        let seen = client.until(&mark).await;
        let batches = seen
            .iter()
            .filter(|(name, _)| name == "sensor:readings:batch");
        let count = batches
            .map(|(_, batch)| batch["count"].as_u64().unwrap())
            .sum::<u64>();
        assert_eq!(count, 1 + READINGS as u64);
        assert!(seen.iter().all(|(name, _)| name != "stream:gap"));
    }
    app.stop().await;
}
