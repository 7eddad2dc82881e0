from studio.store.lines import append_line, lines_after


def test_a_line_can_be_read_from_where_the_last_look_ended(tmp_path):
    path = tmp_path / "edits.jsonl"
    first = append_line(path, b'{"a": "\xe2\x80\xa8"}')
    second = append_line(path, b'{"b": 2}')
    assert lines_after(path) == ([(0, b'{"a": "\xe2\x80\xa8"}\n'), (first, b'{"b": 2}\n')], second)
    assert lines_after(path, first) == ([(first, b'{"b": 2}\n')], second)
    assert lines_after(path, second) == ([], second)


def test_a_missing_file_has_no_lines(tmp_path):
    assert lines_after(tmp_path / "edits.jsonl") == ([], 0)


def test_what_a_crash_leaves_behind_the_last_line_is_as_if_it_had_never_been(tmp_path):
    path = tmp_path / "edits.jsonl"
    end = append_line(path, b'{"a": "' + b"x" * 100_000 + b'"}')
    whole = path.read_bytes()
    for leftover in (b'{"b"', b"\0" * 64, b'{"b": 2', b"\0\n\0\n", b'{"' + b"y" * 100_000 + b"\n"):
        path.write_bytes(whole + leftover)
        assert lines_after(path) == ([(0, whole)], end)
    for cut in (1, 50_000, end - 1):
        path.write_bytes(whole[:cut])
        assert lines_after(path) == ([], 0)
