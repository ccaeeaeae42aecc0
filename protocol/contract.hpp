#pragma once
// protocol/openapi.yaml at work: checks the shape of requests before any SQL runs, and of responses in the tests.
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/problem.hpp"

namespace margelle {

// What a request brings, as text; names of headers in lower case.
struct Inputs {
    std::map<std::string, std::string, std::less<>> path;
    std::map<std::string, std::string, std::less<>> query;
    std::map<std::string, std::string, std::less<>> headers;
};

class Contract {
public:
    struct Route {
        std::string method;         // upper case
        std::string path;           // template, below the server's base
        std::string operation;
    };

    // `openapi` is the document as JSON. Throws std::exception when it is not one.
    explicit Contract(std::string_view openapi);
    ~Contract();

    // Checks parameters and body; the parsed body (null where there is none). Throws Error: malformed, invalid,
    // wrong_media_type, precondition_required.
    nlohmann::json check_request(std::string_view operation, const Inputs& inputs, std::string_view content_type,
                                 std::string_view body) const;

    // What is wrong with a response, or nothing. An unlisted status is wrong.
    std::optional<std::string> find_fault(std::string_view operation, int status, std::string_view content_type,
                                          std::string_view body) const;

    std::vector<Route> routes() const;

private:
    struct Impl;
    std::unique_ptr<const Impl> impl_;
};

// Parses JSON as it is accepted from outside: valid UTF-8, no U+0000, no duplicate names worth relying on, at most 16
// levels deep. Throws Error(malformed).
nlohmann::json parse_json(std::string_view text);

}  // namespace margelle
