"""Plotting: the parts of a tree add up to it, whatever comes, goes and is made anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.group_plots import Counted, Group, Plotting
from monitor.metrics.usage import Consumer, Kind

ROOT, SLICE, NGINX = 1, 2, 3


def service(name):
    return Consumer(Kind.SERVICE, name)


def root(seconds, **more):
    return Group("/", ROOT, None, None, service("rest of all"), Counted(seconds), **more)


def system(seconds, above=0, inode=SLICE, **more):
    return Group("/s", inode, above, None, service("rest of s"), Counted(seconds), **more)


def unit(name, seconds, above=1, inode=NGINX, pids=(), **told):
    who = service(name)
    return Group(f"/s/{name}", inode, above, who, who, Counted(seconds, **told), pids)


def by_path(plots):
    return {plot.path: plot for plot in plots}


def seconds(plots):
    return {plot.path: plot.cpu_seconds for plot in plots}


def test_the_first_look_knows_no_cpu_and_tells_who_is_where():
    plots = Plotting().plots([root(9.0, pids=(1,)), system(8.0), unit("nginx", 7.0, pids=(5, 6))])
    assert seconds(plots) == {"/": None, "/s": None, "/s/nginx": None}
    assert by_path(plots)["/s/nginx"].pids == (5, 6)


def test_each_plot_is_what_its_counter_grew_by_less_those_in_it():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("nginx", 7.0)])
    assert seconds(plotting.plots([root(20.0), system(14.0), unit("nginx", 11.0)])) == {
        "/": 4.0, "/s": 2.0, "/s/nginx": 4.0,
    }  # fmt: skip


def test_a_new_group_has_all_that_it_counted_and_never_more_than_what_it_lies_in():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0)])
    assert seconds(plotting.plots([root(20.0), system(14.0), unit("nginx", 5.0)]))["/s/nginx"] == 5.0
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0)])
    assert seconds(plotting.plots([root(20.0), system(14.0), unit("nginx", 500.0)]))["/s/nginx"] == 6.0


def test_a_new_group_in_a_new_group_is_new():
    plotting = Plotting()
    plotting.plots([root(10.0)])
    assert seconds(plotting.plots([root(20.0), system(6.0), unit("nginx", 5.0)])) == {
        "/": 4.0, "/s": 1.0, "/s/nginx": 5.0,
    }  # fmt: skip


def test_a_group_that_may_have_been_there_before_out_of_sight_brings_no_past():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0, is_whole=False)])
    plots = plotting.plots([root(20.0), system(14.0), unit("nginx", 5.0, pids=(7,))])
    assert seconds(plots) == {"/": 4.0, "/s": 6.0}
    assert by_path(plots)["/s"].pids == (7,)


def test_what_a_group_that_went_used_is_in_what_it_lay_in_under_its_name():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("nginx", 7.0)])
    plots = plotting.plots([root(20.0), system(14.0)])
    assert seconds(plots) == {"/": 4.0, "/s": 6.0}
    assert by_path(plots)["/s"].rest == service("nginx")
    assert by_path(plotting.plots([root(21.0), system(14.5)]))["/s"].rest == service("rest of s")


def test_of_two_names_that_went_nobody_knows_which_it_was():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("a", 1.0), unit("b", 1.0, inode=4)])
    assert by_path(plotting.plots([root(20.0), system(14.0)]))["/s"].rest == service("rest of s")


def test_thousands_of_one_name_that_went_are_that_one():
    plotting = Plotting()
    gone = [unit("run.scope", 0.001, inode=100 + i) for i in range(1000)]
    plotting.plots([root(10.0), system(8.0), *gone])
    assert by_path(plotting.plots([root(20.0), system(14.0)]))["/s"].rest == service("run.scope")


def test_what_went_with_what_it_lay_in_is_in_the_next_one_up():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0, inode=5), unit("nginx", 7.0)])
    plots = plotting.plots([root(20.0)])
    assert seconds(plots) == {"/": 10.0}


def test_a_group_made_anew_under_its_path_counts_what_it_has_since():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("nginx", 7.0)])
    plots = plotting.plots([root(20.0), system(14.0), unit("nginx", 0.5, inode=99)])
    assert seconds(plots) == {"/": 4.0, "/s": 5.5, "/s/nginx": 0.5}
    assert by_path(plots)["/s"].rest == service("nginx")


def test_a_counter_that_went_back_counts_what_it_has_since():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("nginx", 7.0)])
    assert seconds(plotting.plots([root(20.0), system(14.0), unit("nginx", 0.5)]))["/s/nginx"] == 0.5


def test_nothing_is_negative_where_those_inside_are_read_later_and_the_next_look_makes_it_good():
    plotting = Plotting()
    plotting.plots([root(10.0), system(8.0), unit("nginx", 8.0)])
    first = seconds(plotting.plots([root(11.0), system(9.0), unit("nginx", 9.2)]))
    assert first["/s"] == 0.0
    second = seconds(plotting.plots([root(12.0), system(10.2), unit("nginx", 10.0)]))
    assert first["/s"] + first["/s/nginx"] + second["/s"] + second["/s/nginx"] == pytest.approx(2.2)


def test_where_the_root_tells_nothing_its_groups_do():
    plotting = Plotting()
    plotting.plots([root(None), system(8.0), unit("nginx", 7.0)])
    assert seconds(plotting.plots([root(None), system(14.0), unit("nginx", 11.0)])) == {
        "/": None, "/s": 2.0, "/s/nginx": 4.0,
    }  # fmt: skip


def test_traffic_is_divided_only_where_it_is_known_of_all_inside():
    def look(read, inner):
        slice_ = system(1.0)._replace(counted=Counted(1.0, read_bytes=read, written_bytes=0))
        return [root(1.0), slice_, unit("a", 0.5, read_bytes=inner), unit("b", 0.5, inode=4, read_bytes=5)]

    plotting = Plotting()
    plotting.plots(look(100, 10))
    told = by_path(plotting.plots(look(200, 40)))
    assert (told["/s/a"].read_bytes, told["/s/b"].read_bytes, told["/s"].read_bytes) == (30, 0, 70)
    told = by_path(plotting.plots(look(200, None)))
    assert (told["/s/a"].read_bytes, told["/s"].read_bytes) == (None, None)


def test_waiting_and_memory_are_told_of_a_service_and_not_of_what_is_divided():
    plotting = Plotting()
    groups = [root(1.0), system(1.0), unit("a", 1.0, waiting_seconds=5.0, memory_bytes=64)]
    assert by_path(plotting.plots(groups))["/s/a"].memory_bytes == 64
    later = [*groups[:2], unit("a", 1.0, waiting_seconds=7.5, memory_bytes=32)]
    told = by_path(plotting.plots(later))
    assert (told["/s/a"].waiting_seconds, told["/s/a"].memory_bytes) == (2.5, 32)
    assert (told["/s"].waiting_seconds, told["/s"].memory_bytes) == (None, None)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_the_plots_add_up_to_what_the_root_grew_by(steps):
    """Groups use CPU, are deleted and are made anew, in any order; microseconds as whole numbers, so sums are exact."""
    plotting, alive, own_root, total, inode = Plotting(), {}, 0, 0, 10
    plotting.plots([root(0.0), system(0.0)])
    counted = 0.0
    for which, used, is_deleted in steps:
        if is_deleted and which in alive:
            del alive[which]
        elif which not in alive:
            inode += 1
            alive[which] = [inode, 0]
        if which in alive:
            alive[which][1] += used
            own_root += used
        total += used if which in alive else 0
        units = [unit(f"u{key}", float(told), inode=number) for key, (number, told) in alive.items()]
        counted += sum(
            seconds(plotting.plots([root(float(own_root)), system(float(own_root)), *units])).values()
        )
    assert counted == pytest.approx(total)
