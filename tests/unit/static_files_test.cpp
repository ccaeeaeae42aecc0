// The browser client as it is served: what is cached for how long, in which coding, and that nothing else is.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "protocol/ids.hpp"
#include "server/net/static_files.hpp"

using namespace margelle;
namespace fs = std::filesystem;

namespace {

// A built client: a page, an asset in three codings and one in none, and a secret beside its folder.
struct Folder {
    Folder() : path(fs::temp_directory_path() / ("margelle-client-" + new_id())), root((path / "dist").string()) {
        fs::create_directories(root + "/assets");
        write("dist/index.html", "the page");
        write("dist/index.html.br", "the page in brotli");
        write("dist/robots.txt", "robots");
        write("dist/assets/app-1a2b.js", "the script");
        write("dist/assets/worker-1a2b.mjs", "a module");
        write("dist/assets/app-1a2b.js.gz", "the script in gzip");
        write("dist/assets/app-1a2b.js.br", "the script in brotli");
        write("dist/assets/mark-3c4d.svg", "the mark");
        write("secret", "a secret");
    }
    ~Folder() { fs::remove_all(path); }
    void write(const char* name, const char* text) const { std::ofstream(path / name) << text; }
    const fs::path path;
    const std::string root;
};

std::string header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(static_files)

BOOST_AUTO_TEST_CASE(modules_are_scripts_to_a_browser) {
    const Folder folder;
    BOOST_TEST(StaticFiles(folder.root).find("/assets/worker-1a2b.mjs", "", "").content_type == "text/javascript; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(a_hashed_asset_is_kept_for_a_year_and_the_page_asked_for_again) {
    const Folder folder;
    const StaticFiles files(folder.root);
    const Response asset = files.find("/assets/app-1a2b.js", "", "");
    BOOST_TEST(asset.body == "the script");
    BOOST_TEST(asset.content_type == "text/javascript; charset=utf-8");
    BOOST_TEST(header(asset, "Cache-Control") == "public, max-age=31536000, immutable");
    for (const char* path : {"/index.html", "/", "/robots.txt"}) BOOST_TEST(header(files.find(path, "", ""), "Cache-Control") == "no-cache", path);
}

BOOST_AUTO_TEST_CASE(the_coding_is_the_best_that_the_browser_takes) {
    const Folder folder;
    const StaticFiles files(folder.root);
    for (const auto& [accepted, body, coding] : {std::tuple("gzip, deflate, br", "the script in brotli", "br"), {"br;q=1.0, gzip;q=0.8", "the script in brotli", "br"},
                                                 {"gzip", "the script in gzip", "gzip"}, {"gzip, br;q=0", "the script in gzip", "gzip"}, {"gzip;q=0.5,br;q=0.000", "the script in gzip", "gzip"},
                                                 {"", "the script", ""}, {"identity", "the script", ""}, {"brotli, xgzip", "the script", ""}}) {
        const Response response = files.find("/assets/app-1a2b.js", accepted, "");
        BOOST_TEST(response.body == body, accepted);
        BOOST_TEST(header(response, "Content-Encoding") == coding, accepted);
        BOOST_TEST(header(response, "Vary") == "Accept-Encoding");
    }
    BOOST_TEST(files.find("/assets/mark-3c4d.svg", "gzip, br", "").body == "the mark");
    BOOST_TEST(files.find("/assets/app-1a2b.js.br", "br", "").status == 404);
}

BOOST_AUTO_TEST_CASE(what_has_not_changed_is_not_sent_again) {
    const Folder folder;
    const StaticFiles files(folder.root);
    const std::string etag = header(files.find("/", "br", ""), "ETag");
    BOOST_TEST(etag.starts_with("W/\""));
    for (const std::string& sent : {etag, etag.substr(2), "\"other\", " + etag}) {
        const Response same = files.find("/", "gzip", sent);
        BOOST_TEST(same.status == 304);
        BOOST_TEST(same.body.empty());
        BOOST_TEST(header(same, "ETag") == etag);
        BOOST_TEST(header(same, "Cache-Control") == "no-cache");
    }
    BOOST_TEST(files.find("/", "", "\"other\"").status == 200);
    folder.write("dist/index.html", "another page");
    BOOST_TEST(StaticFiles(folder.root).find("/", "", etag).status == 200);
}

BOOST_AUTO_TEST_CASE(any_other_address_is_the_page_and_a_missing_asset_is_not) {
    const Folder folder;
    const StaticFiles files(folder.root);
    for (const char* path : {"/", "/groupes/1/discussions/2", "/nowhere.js", "/asset"}) {
        const Response page = files.find(path, "", "");
        BOOST_TEST(page.status == 200);
        BOOST_TEST(page.body == "the page", path);
        BOOST_TEST(page.content_type == "text/html; charset=utf-8");
    }
    BOOST_TEST(files.find("/assets/app-9f9f.js", "", "").status == 404);
    BOOST_TEST(header(files.find("/assets/app-9f9f.js", "", ""), "Cache-Control") == "");
}

BOOST_AUTO_TEST_CASE(no_path_leads_out_of_the_folder) {
    const Folder folder;
    const StaticFiles files(folder.root);
    for (const std::string& path : {std::string("/../secret"), std::string("/assets/../../secret"), std::string("//etc/passwd"), "/assets/" + (folder.path / "secret").string(),
                                    std::string("/./assets/../../secret"), std::string("/..\\secret"), std::string("../secret")}) {
        const Response answer = files.find(path, "", "");
        BOOST_TEST((answer.status == 404 || answer.body == "the page"), path << ": " << answer.body);
    }
}

BOOST_AUTO_TEST_CASE(without_a_client_there_is_nothing) {
    const StaticFiles files("/nonexistent");
    BOOST_TEST(files.size() == 0u);
    BOOST_TEST(files.find("/", "", "").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
