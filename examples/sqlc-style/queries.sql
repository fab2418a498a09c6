-- name: CreateGuest :exec
INSERT INTO guests (id, email, phone, room) VALUES (?, ?, ?, ?);

-- name: GuestByEmail :one
SELECT id, email, phone, room FROM guests WHERE email = ?;

-- name: SetPhone :execrows
UPDATE guests SET phone = ? WHERE room = ?;
