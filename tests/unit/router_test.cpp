#include <boost/test/unit_test.hpp>

#include "server/documents.hpp"
#include "server/router.hpp"

using namespace margelle;

namespace {

std::string operation(Verb verb, const std::string& path, Request* seen = nullptr) {
    static const Router router(routes());
    Request request;
    request.verb = verb;
    request.path = path;
    const Route& route = router.find(request);
    if (seen) *seen = request;
    return std::string(route.operation);
}

auto code(Code expected) {
    return [expected](const Error& error) { return error.code == expected; };
}

Request target(const char* text) {
    Request request;
    read_target(text, request);
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(router)

BOOST_AUTO_TEST_CASE(a_path_finds_its_route_and_fills_its_parameters) {
    Request request;
    BOOST_TEST(operation(Verb::get, "/api/v1/groups/g/nda/acceptances/m/receipt", &request) == "getReceipt");
    BOOST_TEST(request.inputs.path.at("group") == "g");
    BOOST_TEST(request.inputs.path.at("member") == "m");
}

BOOST_AUTO_TEST_CASE(the_method_tells_routes_of_one_path_apart) {
    BOOST_TEST(operation(Verb::get, "/api/v1/me") == "getMe");
    BOOST_TEST(operation(Verb::patch, "/api/v1/me") == "updateMe");
    BOOST_TEST(operation(Verb::remove, "/api/v1/me") == "eraseMe");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_not_found) {
    for (const char* path : {"/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/me", "/me", "/api/v1//me", "/api/v1/me/", "/api/v1xme", "/api/v1/groups//threads"})
        BOOST_CHECK_EXCEPTION(operation(Verb::get, path), Error, code(Code::not_found));
}

BOOST_AUTO_TEST_CASE(a_known_path_with_another_method_says_so) {
    BOOST_CHECK_EXCEPTION(operation(Verb::put, "/api/v1/me"), Error, code(Code::wrong_method));
}

BOOST_AUTO_TEST_CASE(a_target_is_split_and_decoded) {
    const Request request = target("/api/v1/organisations?q=R%C3%A9gie%20du+bois&limit=5");
    BOOST_TEST(request.path == "/api/v1/organisations");
    BOOST_TEST(request.inputs.query.at("q") == "Régie du bois");
    BOOST_TEST(request.inputs.query.at("limit") == "5");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_well_formed_is_refused) {
    for (const char* text : {"/a%", "/a%zz", "/a b", "/a%00b", "a", "", "/?q=%0", "/?a=1&a=2", "/?q=%00", "/?q=%FF", "/?%FF=1", "/%FF"})
        BOOST_CHECK_EXCEPTION(target(text), Error, code(Code::malformed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(contract_and_routes)

BOOST_AUTO_TEST_CASE(every_operation_of_the_contract_has_a_route_and_every_route_an_operation) {
    const auto name = [](Verb verb) {
        switch (verb) {
            case Verb::get: return "GET";
            case Verb::post: return "POST";
            case Verb::put: return "PUT";
            case Verb::patch: return "PATCH";
            case Verb::options: return "OPTIONS";
            default: return "DELETE";
        }
    };
    std::map<std::string, std::string> described, routed;
    for (const auto& route : http_contract().routes()) described[route.operation] = route.method + " " + route.path;
    for (const Route& route : routes()) {
        BOOST_TEST(!routed.contains(std::string(route.operation)), route.operation << " stands twice");
        routed[std::string(route.operation)] = std::string(name(route.verb)) + " " + std::string(route.path);
    }
    for (const auto& [operation, address] : described) BOOST_TEST(routed[operation] == address, operation << ": " << routed[operation] << " instead of " << address);
    for (const auto& [operation, address] : routed) BOOST_TEST(described[operation] == address, operation << ": " << described[operation] << " instead of " << address);
}

BOOST_AUTO_TEST_SUITE_END()
