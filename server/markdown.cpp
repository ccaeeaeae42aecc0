#include "server/markdown.hpp"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>

#include "protocol/ids.hpp"

namespace margelle {
namespace {

using Node = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;
using Parser = std::unique_ptr<cmark_parser, decltype(&cmark_parser_free)>;

constexpr std::string_view mention_scheme = "mention:";
// A line that people end with Enter ends there. Without CMARK_OPT_UNSAFE raw HTML and script links are left out.
constexpr int options = CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_HARDBREAKS;

const char* const extensions[] = {"table", "tasklist", "strikethrough", "autolink"};

std::string url_of(cmark_node* node) {
    const char* url = cmark_node_get_url(node);
    return url ? url : "";
}

// What the reader's browser would fetch from elsewhere becomes something to click.
void image_to_link(cmark_node* image) {
    cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, url_of(image).c_str());
    if (!cmark_node_first_child(image)) {
        cmark_node* text = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(text, url_of(image).c_str());
        cmark_node_append_child(link, text);
    }
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_append_child(link, child);
    cmark_node_replace(image, link);
    cmark_node_free(image);
}

// A link cannot hold another: an image inside of one becomes its own description.
void unwrap(cmark_node* image) {
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_insert_before(image, child);
    cmark_node_unlink(image);
    cmark_node_free(image);
}

bool inside_link(cmark_node* node) {
    for (cmark_node* above = cmark_node_parent(node); above; above = cmark_node_parent(above))
        if (cmark_node_get_type(above) == CMARK_NODE_LINK) return true;
    return false;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

// A mention stays a link until all is HTML, since a table's cell takes no other node. Links do not nest, so that the next
// "</a>" is its own.
void mention_to_span(std::string& html, const std::string& member) {
    const std::string opening = "<a href=\"" + std::string(mention_scheme) + member + "\">", closing = "</a>";
    for (std::size_t at = 0; (at = html.find(opening, at)) != std::string::npos;) {
        html.replace(at, opening.size(), "<span class=\"mention\" data-member=\"" + member + "\">");
        html.replace(html.find(closing, at), closing.size(), "</span>");
    }
}

}  // namespace

Rendered render_markdown(std::string_view text) {
    static const bool registered = (cmark_gfm_core_extensions_ensure_registered(), true);
    (void)registered;
    const Parser parser(cmark_parser_new(options), cmark_parser_free);
    for (const char* name : extensions) cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension(name));
    cmark_parser_feed(parser.get(), text.data(), text.size());
    const Node document(cmark_parser_finish(parser.get()), cmark_node_free);

    std::vector<cmark_node*> images, links;
    cmark_iter* walk = cmark_iter_new(document.get());
    for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
        if (event != CMARK_EVENT_ENTER) continue;
        cmark_node* node = cmark_iter_get_node(walk);
        if (cmark_node_get_type(node) == CMARK_NODE_IMAGE) images.push_back(node);
        if (cmark_node_get_type(node) == CMARK_NODE_LINK && url_of(node).starts_with(mention_scheme)) links.push_back(node);
    }
    cmark_iter_free(walk);

    for (cmark_node* image : images) inside_link(image) ? unwrap(image) : image_to_link(image);
    Rendered rendered;
    for (cmark_node* link : links) {
        const std::string member = url_of(link).substr(mention_scheme.size());
        if (!is_id(member)) continue;
        if (std::find(rendered.mentions.begin(), rendered.mentions.end(), member) == rendered.mentions.end()) rendered.mentions.push_back(member);
        cmark_node_set_title(link, "");
    }

    char* html = cmark_render_html(document.get(), options, cmark_parser_get_syntax_extensions(parser.get()));
    rendered.html = html;
    cmark_get_default_mem_allocator()->free(html);
    for (const std::string& member : rendered.mentions) mention_to_span(rendered.html, member);
    // "<a href" stands only where the renderer wrote it: what people write has its "<" escaped.
    replace_all(rendered.html, "<a href=", "<a rel=\"noopener nofollow ugc\" href=");
    return rendered;
}

}  // namespace margelle
