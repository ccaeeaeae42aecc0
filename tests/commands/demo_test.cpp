// margelle demo load: once, whole, and never half.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/commands/program.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Environment settings{{"MARGELLE_DEMO_PASSWORD", "neuf pommes vertes"}};

int load(const Instance& instance, std::string& output) {
    Program program(instance.database, {"demo", "load"}, "", settings);
    const int status = program.wait();
    BOOST_TEST(program.errors() == "");
    output = program.output();
    return status;
}

// Kills it as soon as the database says so.
void load_until(Instance& instance, const std::string& reached) {
    Program program(instance.database, {"demo", "load"}, "", settings);
    while (program.running() && instance.sql("SELECT " + reached) != "t") std::this_thread::sleep_for(std::chrono::milliseconds(10));
    program.send(SIGKILL);
    BOOST_TEST(program.wait() == 128 + SIGKILL, "it had ended before");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(demo)

BOOST_AUTO_TEST_CASE(what_was_interrupted_is_loaded_anew_and_what_is_whole_stays) {
    Instance instance;
    const auto count = [&](const char* table) { return instance.sql(std::string("SELECT count(*) FROM margelle.") + table); };
    load_until(instance, "count(*) > 0 FROM margelle.accounts");
    load_until(instance, "count(*) > 20 FROM margelle.posts");
    std::string report, again;
    BOOST_TEST(load(instance, report) == 0);
    BOOST_TEST(report == count("posts") + " messages in the demonstration\n");
    BOOST_TEST(count("groups") == "2");
    BOOST_TEST(count("sessions") == "0");
    BOOST_TEST(instance.sql("SELECT min(created_at) < now() - interval '2 days' FROM margelle.posts") == "t");
    BOOST_TEST(instance.stranger().post("/session", {{"email", "helene@demo.example"}, {"password", "neuf pommes vertes"}}).status == 200);
    const std::string before = instance.sql("SELECT string_agg(post_id::text, '' ORDER BY post_id) FROM margelle.posts");
    BOOST_TEST(load(instance, again) == 0);
    BOOST_TEST(again == "");
    BOOST_TEST(instance.sql("SELECT string_agg(post_id::text, '' ORDER BY post_id) FROM margelle.posts") == before);
}

BOOST_AUTO_TEST_CASE(nothing_of_others_is_ever_removed) {
    Instance instance;
    load_until(instance, "count(*) > 0 FROM margelle.accounts");
    Client account = instance.person("Anne");
    std::string report;
    BOOST_TEST(load(instance, report) == 0);
    BOOST_TEST(report == "");
    BOOST_TEST(account.get("/me").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
