DROP TABLE downlink_routes;
