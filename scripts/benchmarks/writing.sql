-- The limit that writing is held against: tables like ours without their foreign keys and policies, and nothing that a
-- group's log would lock.
CREATE SCHEMA bench;
CREATE TABLE bench.threads (LIKE margelle.threads INCLUDING ALL);
CREATE TABLE bench.posts (LIKE margelle.posts INCLUDING ALL);
CREATE TABLE bench.events (LIKE margelle.events INCLUDING ALL);
CREATE SEQUENCE bench.ids CACHE 100;
INSERT INTO bench.threads SELECT * FROM margelle.threads;
