"""How every form is drawn: `{{ form }}` and `{{ form.field.as_field_group }}` look like the rest of the network."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's renderer with our templates for forms and fields."""

    form_template_name = "design/forms/form.html"
    field_template_name = "design/forms/field.html"
