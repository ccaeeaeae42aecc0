// The example bots (clients/bot/examples), as a person would run them, against a node that listens.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "protocol/ids.hpp"
#include "tests/sockets/live_node.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const std::filesystem::path examples = std::filesystem::path(MARGELLE_SOURCE_DIR) / "clients/bot/examples";

// A program with the two variables that the examples want. Ends with it.
class Program {
public:
    Program(LiveNode& node, const Client& bot, const std::string& command)
        : pipe_(popen(("exec env MARGELLE_URL=" + node.origin() + " MARGELLE_KEY=" + bot.key + " timeout 120 " + command + " 2>&1").c_str(), "r")) {}
    ~Program() {
        if (pipe_) pclose(pipe_);
    }
    Program(const Program&) = delete;

    std::string line() {
        std::array<char, 500> text{};
        return std::fgets(text.data(), text.size(), pipe_) ? std::string(text.data()) : "";
    }
    std::string rest() {
        std::string all;
        for (std::string next = line(); !next.empty(); next = line()) all += next;
        return all;
    }
    int end() { return pclose(std::exchange(pipe_, nullptr)) / 256; }

private:
    std::FILE* pipe_;
};

std::string file_of(const std::filesystem::path& folder, const std::string& name, const Json& dataset) {
    const std::filesystem::path path = folder / name;
    std::ofstream(path) << dataset.dump();
    return path.string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(examples_of_bots)

BOOST_AUTO_TEST_CASE(each_is_below_sixty_lines) {
    for (const auto& entry : std::filesystem::directory_iterator(examples)) {
        std::ifstream file(entry.path());
        BOOST_TEST(std::count(std::istreambuf_iterator<char>(file), {}, '\n') < 60, entry.path());
    }
}

BOOST_AUTO_TEST_CASE(the_one_in_shell_posts_datasets_and_says_what_became_of_them) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot({"datasets:write"});
    LiveNode node(instance);
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / new_id();
    std::filesystem::create_directory(folder);
    const std::string files = file_of(folder, "silos.json", dataset_of("silos")) + ' ' + file_of(folder, "arrets.json", dataset_of("arrets", {{"title", "Arrêts"}}));
    const std::string command = (examples / "publish.sh").string() + ' ' + files;
    Program first(node, bot, command);
    BOOST_TEST(first.rest() == (folder / "silos.json").string() + ": created\n" + (folder / "arrets.json").string() + ": created\n");
    BOOST_TEST(first.end() == 0);
    BOOST_TEST(cast.member.get(cast.path + "/datasets").items().size() == 2u);
    file_of(folder, "arrets.json", dataset_of("arrets", {{"title", "Arrêts de bus"}}));
    Program again(node, bot, command);
    BOOST_TEST(again.rest() == (folder / "silos.json").string() + ": unchanged\n" + (folder / "arrets.json").string() + ": changed\n");
    Program wrong(node, bot, (examples / "publish.sh").string() + ' ' + file_of(folder, "autre.json", {{"title", "Sans source"}}));
    BOOST_TEST(wrong.rest().find("autre.json: 422 ") != std::string::npos);
    BOOST_TEST(wrong.end() == 1);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(the_one_in_python_follows_the_log_and_announces_what_is_new) {
    Instance instance;
    Cast cast(instance);
    Client bot = cast.bot({"events:read", "datasets:read", "threads:write"}), harvester = cast.bot({"datasets:write"});
    LiveNode node(instance);
    harvester.post(cast.path + "/datasets", dataset_of("silos"));
    const std::string created = instance.sql("SELECT seq FROM margelle.events WHERE kind = 'dataset.created'");
    Program program(node, bot, "python3 " + (examples / "announce.py").string() + ' ' + std::to_string(std::stoi(created) - 1));
    BOOST_TEST(program.line() == created + "\n");
    Json threads = cast.member.get(cast.path + "/threads").items();
    BOOST_TEST(threads[0]["title"] == "Nouvelles données : Silos de Tarbes");
    BOOST_TEST(threads[0]["author"]["bot"] == true);
    BOOST_TEST(program.line() == std::to_string(std::stoi(created) + 1) + "\n");       // its own thread
    // It waits by now: what comes wakes it.
    BOOST_TEST(node.request("POST", cast.path + "/datasets", cast.member, dataset_of("arrets", {{"title", "Arrêts de bus"}})).status == 201);
    BOOST_TEST(program.line() == std::to_string(std::stoi(created) + 2) + "\n");
    threads = cast.member.get(cast.path + "/threads").items();
    BOOST_TEST(threads[0]["title"] == "Nouvelles données : Arrêts de bus");
    // The key's end is its end, at once.
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(node.request("DELETE", cast.path + "/bots/" + bot.member, cast.moderator).status == 204);
    BOOST_TEST(program.rest().find("GET " + cast.path + "/events") != std::string::npos);
    BOOST_TEST(program.end() == 1);
    BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds(2 * slowness())));
}

BOOST_AUTO_TEST_SUITE_END()
