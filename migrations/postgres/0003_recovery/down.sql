DROP TABLE recovery_ended;
DROP TABLE recovery_rooms;
DROP TABLE recovery_keys;
